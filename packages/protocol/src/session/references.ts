import { RpcError } from "../error.ts";
import type { SessionOptions } from "../session-options.ts";
import { ValueKind } from "../values/kinds.ts";
import type { ReferenceKind, ReferenceReader, ReferenceWriter } from "../values/reference.ts";
import type { CallResult } from "./call-result.ts";
import type { Calls } from "./calls.ts";
import type { Dispatch } from "./dispatch.ts";
import { type Exports, Lease } from "./exports.ts";
import { exceeded, type Limits } from "./limits.ts";
import type { Passage } from "./passage.ts";
import type { Promises } from "./promises.ts";
import { memberAt } from "./resolve-path.ts";
import type { Signals } from "./signals.ts";
import type { Streams, StreamTie } from "./streams.ts";
import { nodeOf } from "./stub-base.ts";
import { holdingOf } from "./stub-core.ts";
import type { Stubs } from "./stubs.ts";

/** The rooms that references live in, and what they need of their session. */
export interface ReferenceRooms {
  readonly calls: Calls;
  readonly exports: Exports;
  readonly stubs: Stubs;
  readonly streams: Streams;
  readonly promises: Promises;
  readonly signals: Signals;
  /** Identifies the stubs that stand on this session's root. */
  readonly root: object;
  readonly limits: Limits;
  readonly options: SessionOptions;
  packReason(reason: unknown): { readonly data: unknown; readonly table: unknown };
  unpackReason(data: unknown, table: unknown): unknown;
  readonly dispatch: Dispatch;
  /** What one of our own exports, or our API, is: it came home. */
  findTarget(target: number): unknown;
}

/** Sends values by reference: each kind to the room that keeps it. */
export class Writer implements ReferenceWriter {
  readonly #rooms: ReferenceRooms;
  #passage: Passage = {};
  #undo: (() => void)[] = [];

  constructor(rooms: ReferenceRooms) {
    this.#rooms = rooms;
  }

  /** Writes for this passage from now on. Returns what to go back to: reading a getter may pack something else. */
  begin(passage: Passage): Passage {
    const outer = this.#passage;
    this.#passage = passage;
    if (this.#undo.length > 0) this.#undo = [];
    return outer;
  }

  end(outer: Passage): void {
    this.#passage = outer;
  }

  recognise(value: object): ReferenceKind | undefined {
    const node = nodeOf(value);
    if (!node) return undefined;
    const { base, segments } = node;
    if (base.result) {
      const mine = segments.length === 0 && this.#rooms.calls.canBeArgument(base.result as CallResult);
      return mine && this.#passage.scope ? "result" : "promise";
    }
    if (base === this.#rooms.root) return "home";
    return holdingOf(base)?.core.stubs === this.#rooms.stubs ? "home" : undefined;
  }

  write(kind: ReferenceKind, value: object, sealed: boolean): readonly unknown[] {
    if (this.#passage.plain) {
      const message = `a notification cannot carry a ${kind}: nothing would end it; call instead`;
      throw new RpcError("INVALID_ARGUMENT", message, { delivered: "no" });
    }
    switch (kind) {
      case "function":
      case "target":
        return this.#lend(value);
      case "promise":
        this.#demandRoom();
        return this.#writePromise(value, sealed);
      case "signal":
        return this.#writeSignal(value as AbortSignal);
      case "stream":
        return this.#rooms.streams.write(value, this.#tie());
      case "home":
        return this.#goHome(value);
      case "result":
        return [this.#rooms.calls.useAsArgument(nodeOf(value)?.base.result as CallResult)];
    }
  }

  /** Takes back what was given away for a message that is not sent after all. */
  undo(): void {
    for (const undo of this.#undo) undo();
  }

  #lend(value: object): readonly unknown[] {
    const { exports, options } = this.#rooms;
    const { scope } = this.#passage;
    if (scope && options.callbacks !== "session") return [exports.lend(value, scope), Lease.lent];
    const id = exports.give(value);
    this.#undo.push(() => exports.release(id, 1));
    return [id, scope ? Lease.session : Lease.owned];
  }

  /** A result of a call arrives as its value, whenever it is used: the callee awaits it. */
  #writePromise(value: object, sealed: boolean): readonly unknown[] {
    const { scope } = this.#passage;
    const id = this.#rooms.promises.write(value as unknown as PromiseLike<unknown>, scope);
    return scope && !sealed && nodeOf(value)?.base.result ? [id, 1] : [id];
  }

  #writeSignal(signal: AbortSignal): readonly unknown[] {
    this.#demandRoom();
    if (!signal.aborted) return [this.#rooms.signals.write(signal, this.#passage.scope)];
    const { data, table } = this.#rooms.packReason(signal.reason);
    return [0, data, table];
  }

  #goHome(value: object): readonly unknown[] {
    const node = nodeOf(value);
    const core = holdingOf(node?.base)?.core;
    core?.demandAlive();
    return [core?.id ?? 0, [...(node?.segments ?? [])]];
  }

  #tie(): StreamTie {
    const { scope, call } = this.#passage;
    const lender = scope ?? call;
    if (!lender) return {};
    return { ...(!lender.ended && { ended: lender.enter() }), ...(call && { call }) };
  }

  #demandRoom(): void {
    const { promises, signals } = this.#rooms;
    demandRoom(this.#rooms, promises.size + signals.size);
  }
}

/** Revives values that arrived by reference. What a peer says of them is checked here. */
export class Reader implements ReferenceReader {
  readonly #rooms: ReferenceRooms;
  readonly #passage: Passage;
  /** What must settle before the values are whole. */
  readonly waits: Promise<unknown>[] = [];
  /** Stubs that were made, by the ids of what they stand for. */
  readonly #received: number[] = [];

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
    this.waits.push(settling);
  }

  /** The message cannot be read: what it gave to this side goes back, or its sender would keep it for ever. */
  giveBack(table: unknown): void {
    for (const entry of Array.isArray(table) ? (table as readonly unknown[]) : []) {
      const [kind, , id, how] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
      if (!Number.isSafeInteger(id) || (id as number) < 1) continue;
      if (kind === ValueKind.stream) this.#rooms.streams.refuse(id as number, how);
      else if ((kind === ValueKind.function || kind === ValueKind.target) && how !== Lease.lent) {
        this.#rooms.stubs.refuse(id as number, this.#received.includes(id as number));
      }
    }
  }

  #receiveStub(id: number, lease: Lease): object {
    const stub = this.#rooms.stubs.receive(id, lease, this.#passage.scope, this.#passage.subject ?? "a function");
    this.#received.push(id);
    return stub;
  }

  #readSignal(rest: readonly unknown[]): AbortSignal {
    const { signals } = this.#rooms;
    if (rest[0] === 0) return AbortSignal.abort(this.#rooms.unpackReason(rest[1], rest[2]));
    demandRoom(this.#rooms, signals.size);
    return signals.read(idIn("signal", rest[0]), this.#passage.scope);
  }

  #tie(): StreamTie {
    const { scope, options } = this.#passage;
    const ended = scope && !scope.ended ? { ended: scope.enter(), scope } : {};
    return options ? { ...ended, bounds: { signal: options.signal, idleTimeout: options.idleTimeout } } : ended;
  }
}

function demandRoom({ limits }: ReferenceRooms, held: number): void {
  if (held >= limits.references) throw exceeded("references", limits.references);
}

function idIn(kind: ReferenceKind, value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw malformed(kind, value);
  return value as number;
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
