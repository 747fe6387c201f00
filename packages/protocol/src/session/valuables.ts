import { RpcError } from "../error.ts";
import { errorFromValue, errorToValue, isForeign } from "../error-wire.ts";
import type { ItemsMessage } from "../message.ts";
import { randomHex } from "../random-id.ts";
import type { OutgoingMessage } from "../session-options.ts";
import { transfer as markForTransfer } from "../transfer.ts";
import { checkLimits } from "../values/check-limits.ts";
import { type Packed, type PackOptions, pack, packArguments } from "../values/pack.ts";
import { unpack } from "../values/unpack.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { Limits } from "./limits.ts";
import type { Values } from "./link.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Passage } from "./passage.ts";
import { Reader } from "./reference-reader.ts";
import type { ReferenceRooms } from "./reference-rooms.ts";
import { Writer } from "./reference-writer.ts";
import type { Way } from "./way.ts";

/** What passing values needs of the session. */
export interface ValuablesOwner extends ReferenceRooms {
  readonly way: Way;
  /** Codec makes text or bytes, the transport clones: a message may go either way. */
  readonly mixed: boolean;
  /** A failure that the peer is not told of. */
  report(error: unknown, path: readonly string[], reference: string): void;
}

/** Packs and unpacks the values of one session, each for what it is: arguments, results, items, errors. */
export class Valuables implements Values {
  readonly #owner: ValuablesOwner;
  #writer: Writer | undefined;
  /** Options for each root, as the way is now: made once, since every message needs some. */
  #packOptions: Map<string, PackOptions> | undefined;
  #wayKnown = false;

  constructor(owner: ValuablesOwner) {
    this.#owner = owner;
  }

  packArguments(args: readonly unknown[], passage: Passage): Outgoing {
    const { transfer } = this.#owner.options;
    if (transfer)
      return this.#packChosen(passage, "args", transfer({ kind: "call", value: args }), packArguments, args);
    return this.#pack(passage, this.#optionsFor("args"), packArguments, args);
  }

  packValue(value: unknown, root: string, kind: OutgoingMessage["kind"], passage: Passage): Outgoing {
    const { transfer } = this.#owner.options;
    if (transfer) return this.#packChosen(passage, root, transfer({ kind, value }), pack, value);
    return this.#pack(passage, this.#optionsFor(root), pack, value);
  }

  packResult(value: unknown, call: IncomingCall): Outgoing {
    return this.packValue(value, "result", "result", { call });
  }

  packItem(item: unknown, call: IncomingCall | undefined): Outgoing {
    return this.packValue(item, "item", "item", call ? { call } : {});
  }

  /** Packs a failure for the peer; one that the peer is not told of is reported here. */
  packFailure(error: unknown, path: readonly string[], delivered: "no" | "yes"): Outgoing {
    const expected = this.#exposes || (RpcError.is(error) ? !isForeign(error) : isAbort(error));
    const reference = expected ? undefined : randomHex(1);
    if (reference !== undefined) this.#owner.report(error, path, reference);
    return this.packError(error, reference, delivered);
  }

  /** Packs an error, without what of it cannot cross. */
  packError(error: unknown, reference: string | undefined, delivered: "no" | "yes"): Outgoing {
    const expose = this.#exposes;
    const packWhen = (lean: boolean) =>
      this.packValue(errorToValue(error, { expose, delivered, reference, lean }), "error", "other", {});
    try {
      return packWhen(false);
    } catch {
      return packWhen(true);
    }
  }

  /** A reason may be anything; what cannot cross is described. */
  packReason(reason: unknown): Outgoing {
    const packIt = (value: unknown) => this.packValue(value, "reason", "other", { plain: true });
    try {
      return packIt(reason);
    } catch {
      return packIt(RpcError.from(reason, "CANCELLED").message);
    }
  }

  /** Whoever is told to stop is told, even if not why. */
  unpackReason(data: unknown, table: unknown): unknown {
    try {
      return this.unpackValue(data, table, "reason", {});
    } catch (cause) {
      return new RpcError("DATA_LOSS", "the reason cannot be read", { cause });
    }
  }

  /** The arguments; what must settle before they are whole is left with the call. */
  unpackArguments(args: unknown, table: unknown, call: IncomingCall): readonly unknown[] {
    const list = Array.isArray(args) ? args : [args];
    if (this.#isPlain(list, table)) return list;
    const reader = new Reader(this.#owner, { scope: call, call });
    const unpacked = this.#unpack(list, table, reader, "args");
    call.waits = reader.waits;
    return unpacked as readonly unknown[];
  }

  unpackValue(value: unknown, table: unknown, root: string, passage: Passage): unknown {
    if (this.#isPlain(value, table)) return value;
    return this.#unpack(value, table, new Reader(this.#owner, passage), root);
  }

  unpackItems(message: ItemsMessage): readonly unknown[] {
    return this.unpackValue(message[2], message[4], "items", {}) as readonly unknown[];
  }

  unpackError(value: unknown, table: unknown): RpcError {
    return errorFromValue(this.unpackValue(value, table, "error", {}));
  }

  #unpack(value: unknown, table: unknown, reader: Reader, root: string): unknown {
    try {
      const { trusted } = this.#owner.way;
      return unpack(value, table, { trusted, limits: this.#limits, references: reader, root });
    } catch (unreadable) {
      reader.giveBack(table);
      throw unreadable;
    }
  }

  /** Data without a table is the value itself. What untrusted peers send is counted, as {@link unpack} does. */
  #isPlain(value: unknown, table: unknown): boolean {
    if (table !== undefined && table !== null) return false;
    if (this.#limits) checkLimits(value, table, this.#limits);
    return true;
  }

  #pack<T>(passage: Passage, options: PackOptions, run: (value: T, options: PackOptions) => Packed, value: T): Packed {
    const writer = this.#getWriter();
    const outer = writer.begin(passage);
    try {
      return run(value, options);
    } catch (error) {
      writer.undo();
      throw error;
    } finally {
      writer.end(outer);
    }
  }

  /** The user has said what this message moves. */
  #packChosen<T>(
    passage: Passage,
    root: string,
    list: readonly object[] | null | undefined,
    run: (value: T, options: PackOptions) => Packed,
    value: T,
  ): Outgoing {
    for (const moved of list ?? []) markForTransfer(moved);
    const asClone = this.#owner.mixed && Array.isArray(list);
    if (!asClone) return this.#pack(passage, this.#optionsFor(root), run, value);
    return { ...this.#pack(passage, this.#makeOptions(root, true), run, value), raw: true };
  }

  #optionsFor(root: string): PackOptions {
    if (this.#wayKnown !== this.#owner.way.known) {
      this.#wayKnown = this.#owner.way.known;
      this.#packOptions = undefined;
    }
    this.#packOptions ??= new Map();
    let options = this.#packOptions.get(root);
    if (!options) {
      options = this.#makeOptions(root, false);
      this.#packOptions.set(root, options);
    }
    return options;
  }

  #makeOptions(root: string, asClone: boolean): PackOptions {
    const { way, mixed } = this.#owner;
    return {
      level: way.clones || asClone ? "clone" : "json",
      attachments: way.mayClone,
      attach: way.attach,
      platformObjects: way.platformObjects,
      trusted: way.trusted,
      moves: asClone || !mixed ? way.moves : "none",
      root,
      references: this.#getWriter(),
    };
  }

  get #limits(): Limits | undefined {
    return this.#owner.way.trusted ? undefined : this.#owner.limits;
  }

  #getWriter(): Writer {
    this.#writer ??= new Writer(this.#owner);
    return this.#writer;
  }

  /** The peer learns what was thrown. */
  get #exposes(): boolean {
    return this.#owner.options.exposeErrors ?? this.#owner.way.trusted;
  }
}

function isAbort(error: unknown): boolean {
  const { code } = RpcError.from(error);
  return code === "CANCELLED" || code === "DEADLINE_EXCEEDED";
}
