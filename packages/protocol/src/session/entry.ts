import type { CallOptions } from "../call-options.ts";
import { Kind, type Message } from "../message.ts";
import { packExtra } from "./call-extra.ts";
import type { Calls } from "./calls.ts";
import { interceptCall, interceptNotification } from "./intercept.ts";
import type { Entrance, Link } from "./link.ts";
import type { ResultBase, StubBase, StubPath } from "./stub-base.ts";

/** Where calls of ours come in: on the peer's API and on what it gave us, through the outgoing interceptors. */
export class Entry implements Entrance {
  readonly #link: Link;
  readonly #calls: Calls;

  constructor(link: Link, calls: Calls) {
    this.#link = link;
    this.#calls = calls;
  }

  /** What the stub of the peer's API stands on. */
  root(): StubBase {
    const direct: StubBase = {
      call: (path, args, options) => this.#calls.start(0, path, args, options),
      notify: (path, args, options) => this.notify(0, path, args, options),
    };
    const { interceptors, interceptRoot } = this.#link.options;
    const outgoing = interceptors?.outgoing ?? [];
    if (outgoing.length === 0 || interceptRoot === false) return direct;
    return {
      call: (path, args, options) => interceptCall(outgoing, this.#link, direct, path, args, options),
      notify: (path, args, options) =>
        interceptNotification(outgoing, direct, path, args, options, (e) => this.#link.report(e, path.segments)),
    };
  }

  /** Starts a call on a reference. `keep` is not collected before the answer. */
  call(
    target: number,
    path: StubPath,
    args: readonly unknown[],
    options: CallOptions | undefined,
    keep: object,
  ): ResultBase {
    const outgoing = this.#link.options.interceptors?.outgoing;
    if (!outgoing?.length) return this.#calls.start(target, path, args, options, keep);
    const base: StubBase = {
      call: (...call) => this.#calls.start(target, ...call, keep),
      notify: (...call) => this.notify(target, ...call),
    };
    return interceptCall(outgoing, this.#link, base, path, args, options);
  }

  notify(target: number, path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void {
    const link = this.#link;
    const refusal = link.refusal(target);
    if (refusal) throw refusal;
    const packed = link.values.packArguments(args, { plain: true });
    const extra = packExtra(options);
    const start = [Kind.notify, target, link.writePath(path), packed.data] as const;
    const message: Message = packed.table || extra ? [...start, packed.table, extra] : start;
    this.#calls.flight.sendBehind(() => link.send(message, packed));
  }
}
