import { type CallExtra, type CallMessage, Kind } from "../message.ts";
import { plainSize } from "../values/pack.ts";
import { packExtra } from "./call-extra.ts";
import type { Link } from "./link.ts";
import type { PendingCall } from "./pending-call.ts";

/** Writes the messages of calls, and numbers them. */
export class CallWriter {
  readonly #link: Link;
  #lastId = 0;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Writes the message of a call. Throws what its arguments, options or path throw; then it has no id. */
  write(pending: PendingCall, target: number, args: readonly unknown[]): void {
    const { options, path } = pending;
    const link = this.#link;
    const size = target < 0 || options || link.options.transfer ? 0 : plainSizeOf(args);
    let extra: CallExtra | null = null;
    let packed: PendingCall["packed"];
    if (size === 0) {
      extra = packExtra(options);
      pending.packed = packed = link.values.packArguments(args, pending);
    }
    const wirePath = link.writePath(path);
    const data = packed ? oneOrAll(packed.data as readonly unknown[]) : args.length === 1 ? args[0] : args.slice();
    // Only now, since reading the arguments may have made calls that leave first, and ids must rise.
    const id = ++this.#lastId;
    pending.id = id;
    if (pending.result) pending.result.id = id;
    pending.size = size;
    const message = [Kind.call, id, target, wirePath, data] as const;
    const table = packed?.table ?? null;
    pending.message = extra ? [...message, table, extra] : table ? [...message, table] : (message as CallMessage);
  }
}

/** About how many bytes the arguments are when all of them are plain primitives; 0 when not. */
function plainSizeOf(args: readonly unknown[]): number {
  let total = 1;
  for (let index = 0; index < args.length; index++) {
    const size = plainSize(args[index]);
    if (size === 0) return 0;
    total += size;
  }
  return total;
}

/** A single argument travels without a list around it, unless it is a list itself. */
function oneOrAll(args: readonly unknown[]): unknown {
  return args.length === 1 && !Array.isArray(args[0]) ? args[0] : args;
}
