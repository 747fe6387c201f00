import { RpcError } from "../error.ts";
import { isId } from "../parse-message.ts";
import { ValueKind } from "../values/kinds.ts";
import type { ReferenceKind, ReferenceReader } from "../values/reference.ts";
import { Lease } from "./exports.ts";
import type { Passage } from "./passage.ts";
import { demandRoom, type ReferenceRooms } from "./reference-rooms.ts";
import { memberAt } from "./resolve-path.ts";
import type { StreamTie } from "./stream-owner.ts";

/** Revives values that arrived by reference. What a peer says of them is checked here. */
export class Reader implements ReferenceReader {
  readonly #rooms: ReferenceRooms;
  readonly #passage: Passage;
  /** What must settle before the values are whole. */
  waits: Promise<unknown>[] | undefined;
  /** How many entries of the table, in its order, have become stubs. */
  #received = 0;

  constructor(rooms: ReferenceRooms, passage: Passage) {
    this.#rooms = rooms;
    this.#passage = passage;
  }

  read(kind: ReferenceKind, rest: readonly unknown[], put: (value: unknown) => void): unknown {
    const { promises, streams } = this.#rooms;
    switch (kind) {
      case "function":
      case "target":
        return this.#receiveStub(idIn(kind, rest[0]), leaseIn(rest[1]));
      case "promise": {
        demandRoom(this.#rooms, promises.size);
        const id = idIn(kind, rest[0]);
        if (promises.has(id)) throw malformed(kind, id);
        const promise = promises.read(id, this.#passage.scope);
        if (rest[1] !== 1 || !this.#passage.call) return promise;
        this.#wait(promise.then(put));
        return undefined;
      }
      case "signal":
        return this.#readSignal(rest);
      case "stream":
        return streams.read(rest, this.#tie());
      case "home":
        return memberAt(this.#rooms.findTarget(targetIn(rest[0])), segmentsIn(rest[1]));
      case "result":
        this.#wait(this.#rooms.dispatch.heldResult(idIn(kind, rest[0])).then(put));
        return undefined;
    }
  }

  /** Whoever runs the call reads it too; when the rest of the message is no good, nobody does. */
  #wait(settling: Promise<unknown>): void {
    settling.catch(() => {});
    this.waits ??= [];
    this.waits.push(settling);
  }

  /** The message cannot be read: what it gave to this side goes back, or its sender would keep it for ever. */
  giveBack(table: unknown): void {
    let stubs = 0;
    for (const entry of Array.isArray(table) ? (table as readonly unknown[]) : []) {
      const [kind, , id, how] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
      if (!isId(id)) continue;
      if (kind === ValueKind.stream) this.#rooms.streams.refuse(id, how);
      else if (kind === ValueKind.function || kind === ValueKind.target) {
        const received = stubs++ < this.#received;
        if (how !== Lease.lent) this.#rooms.stubs.refuse(id, received);
      }
    }
  }

  #receiveStub(id: number, lease: Lease): object {
    const stub = this.#rooms.stubs.receive(id, lease, this.#passage.scope);
    this.#received++;
    return stub;
  }

  #readSignal(rest: readonly unknown[]): AbortSignal {
    const { signals } = this.#rooms;
    if (rest[0] === 0) return AbortSignal.abort(this.#rooms.values.unpackReason(rest[1], rest[2]));
    demandRoom(this.#rooms, signals.size);
    return signals.read(idIn("signal", rest[0]), this.#passage.scope);
  }

  #tie(): StreamTie {
    const { scope, options } = this.#passage;
    const ended = scope && !scope.ended ? { ended: scope.enter(), scope } : {};
    return options ? { ...ended, bounds: { signal: options.signal, idleTimeout: options.idleTimeout } } : ended;
  }
}

function idIn(kind: ReferenceKind, value: unknown): number {
  if (!isId(value)) throw malformed(kind, value);
  return value;
}

function targetIn(value: unknown): number {
  if (value === 0) return 0;
  return idIn("home", value);
}

function leaseIn(value: unknown): Lease {
  if (value !== Lease.lent && value !== Lease.owned && value !== Lease.session) throw malformed("function", value);
  return value;
}

function segmentsIn(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > 8 || !value.every((segment) => typeof segment === "string")) {
    throw malformed("home", value);
  }
  return value;
}

function malformed(kind: string, value: unknown): RpcError {
  return new RpcError("INVALID_ARGUMENT", `malformed ${kind} reference: ${String(value)}`, { delivered: "no" });
}
