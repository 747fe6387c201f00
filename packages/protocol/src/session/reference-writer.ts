import { RpcError } from "../error.ts";
import type { ReferenceKind, ReferenceWriter } from "../values/reference.ts";
import type { CallResult } from "./call-result.ts";
import { Lease } from "./exports.ts";
import type { Passage } from "./passage.ts";
import { demandRoom, type ReferenceRooms } from "./reference-rooms.ts";
import type { StreamTie } from "./stream-owner.ts";
import { nodeOf } from "./stub-base.ts";
import { holdingOf } from "./stub-retained.ts";

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
    const { data, table } = this.#rooms.values.packReason(signal.reason);
    return [0, data, table];
  }

  #goHome(value: object): readonly unknown[] {
    const node = nodeOf(value);
    return [holdingOf(node?.base)?.alive().id ?? 0, [...(node?.segments ?? [])]];
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
