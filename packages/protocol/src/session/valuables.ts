import type { CallOptions } from "../call-options.ts";
import type { RpcError } from "../error.ts";
import { errorFromValue, errorToValue } from "../error-wire.ts";
import type { CallExtra, ItemsMessage } from "../message.ts";
import type { OutgoingMessage, SessionOptions } from "../session-options.ts";
import { transfer as markForTransfer } from "../transfer.ts";
import { type Packed, type PackOptions, pack, packArguments } from "../values/pack.ts";
import { type UnpackOptions, unpack } from "../values/unpack.ts";
import type { Unpacked } from "./dispatch.ts";
import { packPlain, unpackPlain } from "./hello.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { Limits } from "./limits.ts";
import { type Passage, Reader, type ReferenceRooms, Writer } from "./references.ts";
import type { Way } from "./way.ts";

/** What is sent: packed, and perhaps as a structured clone where the codec would make text. */
export interface Outgoing extends Packed {
  readonly raw?: true;
}

/** What passing values needs of the session. */
export interface ValuablesOwner {
  readonly way: Way;
  readonly limits: Limits;
  readonly rooms: ReferenceRooms;
  readonly exposeErrors: boolean | undefined;
  readonly transfer: SessionOptions["transfer"];
  /** Codec makes text or bytes, the transport clones: a message may go either way. */
  readonly mixed: boolean;
}

/** Packs and unpacks the values of one session, each for what it is: arguments, results, items, errors. */
export class Valuables {
  readonly #owner: ValuablesOwner;

  constructor(owner: ValuablesOwner) {
    this.#owner = owner;
  }

  packArguments(args: readonly unknown[], passage: Passage): Outgoing {
    return this.#pack(passage, "args", { kind: "call", value: args }, (options) => packArguments(args, options));
  }

  packValue(value: unknown, root: string, kind: OutgoingMessage["kind"], passage: Passage): Outgoing {
    return this.#pack(passage, root, { kind, value }, (options) => pack(value, options));
  }

  /** Packs an error, without what of it cannot cross. */
  packError(error: unknown, reference: string | undefined, delivered: "no" | "yes"): Outgoing {
    const expose = this.#owner.exposeErrors ?? this.#owner.way.trusted;
    const policy = { expose, delivered, ...(reference !== undefined && { reference }) };
    try {
      return this.packValue(errorToValue(error, policy), "error", "other", {});
    } catch {
      return this.packValue(errorToValue(error, { ...policy, lean: true }), "error", "other", {});
    }
  }

  unpackArguments(args: unknown, table: unknown, call: IncomingCall): Unpacked {
    const reader = this.#reader({ scope: call.scope, call, subject: subjectOf(call.path) });
    const list = Array.isArray(args) ? args : [args];
    const unpacked = unpack(list, table, this.#unpackOptions(reader, "args"));
    return { args: unpacked as readonly unknown[], waits: reader.waits };
  }

  unpackValue(value: unknown, table: unknown, root: string, passage: Passage): unknown {
    return unpack(value, table, this.#unpackOptions(this.#reader(passage), root));
  }

  unpackItems(message: ItemsMessage): readonly unknown[] {
    return this.unpackValue(message[2], message[4], "items", {}) as readonly unknown[];
  }

  unpackError(value: unknown, table: unknown): RpcError {
    return errorFromValue(this.unpackValue(value, table, "error", {}));
  }

  /** What a call carries besides its arguments; null for nothing. */
  packExtra(options: CallOptions | undefined, hold: boolean): CallExtra | null {
    if (!options && !hold) return null;
    const { timeout, metadata, key } = options ?? {};
    if (timeout === undefined && metadata === undefined && key === undefined && !hold) return null;
    const packed = metadata === undefined ? undefined : packPlain(metadata, "metadata");
    return {
      ...(timeout !== undefined && { timeout }),
      ...(packed && { metadata: packed.data }),
      ...(packed?.table && { metadataTable: packed.table }),
      ...(key !== undefined && { key }),
      ...(hold && { hold: 1 as const }),
    };
  }

  unpackMetadata({ metadata, metadataTable }: CallExtra): unknown {
    return metadata === undefined ? undefined : unpackPlain(metadata, metadataTable, "metadata");
  }

  #pack(passage: Passage, root: string, message: OutgoingMessage, run: (options: PackOptions) => Packed): Outgoing {
    const { way, rooms, transfer, mixed } = this.#owner;
    const list = transfer?.(message);
    for (const moved of list ?? []) markForTransfer(moved);
    const writer = new Writer(rooms, passage);
    const asClone = mixed && Array.isArray(list);
    try {
      const packed = run({
        level: way.clones || asClone ? "clone" : "json",
        attachments: way.mayClone,
        trusted: way.trusted,
        moves: asClone || !mixed ? way.moves : "none",
        root,
        references: writer,
      });
      return asClone ? { ...packed, raw: true } : packed;
    } catch (error) {
      writer.undo();
      throw error;
    }
  }

  #reader(passage: Passage): Reader {
    return new Reader(this.#owner.rooms, passage);
  }

  #unpackOptions(references: Reader, root: string): UnpackOptions {
    const { way, limits } = this.#owner;
    return { trusted: way.trusted, limits: way.trusted ? undefined : limits, references, root };
  }
}

function subjectOf(path: readonly string[]): string {
  return path.length > 0 ? JSON.stringify(path.join(".")) : "a function";
}
