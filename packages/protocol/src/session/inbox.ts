import type { CallOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import { makeDisposable } from "../lifetime.ts";
import {
  type CallMessage,
  type DoneMessage,
  type HelloMessage,
  Kind,
  type Message,
  type NotifyMessage,
  type RejectMessage,
  type ReleaseMessage,
  type ResolveMessage,
  type RetainMessage,
  type WirePath,
} from "../message.ts";
import { isId, isIndex, parseMessage } from "../parse-message.ts";
import { countMessages, eachOfRun, isRun, noPath, RunKind, slotsOf } from "../runs.ts";
import type { CloseReason } from "../transport.ts";
import type { Carrier } from "./carrier.ts";
import type { Greeter } from "./greeter.ts";
import type { Limits } from "./limits.ts";
import type { FollowUp } from "./link.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Rooms } from "./rooms.ts";
import type { Way } from "./way.ts";

/** Who gets what arrives. */
export interface InboxOwner {
  readonly limits: Limits;
  readonly carrier: Carrier;
  readonly rooms: Rooms;
  readonly greeter: Greeter;
  /** Set once the session has ended: nothing is heeded any more. */
  readonly ended: CloseReason | undefined;
  readonly way: Way;
  /** This side closes, and waits for what is under way. */
  readonly closing: boolean;
  send(message: Message, packed: Outgoing): void;
  checkIdle(): void;
  sendUrgent(message: Message): void;
  takePong(): void;
  takeGoodbye(code: string, message: string, drain: boolean): void;
}

/** What arrives: frames become messages, are checked one by one, and go to the room that each is for. */
export class Inbox {
  readonly #owner: InboxOwner;
  /** True while messages that came in fragments are taken. */
  #whole = false;

  constructor(owner: InboxOwner) {
    this.#owner = owner;
  }

  /** Takes frames, unchecked. Throws PROTOCOL_ERROR or RESOURCE_EXHAUSTED for what cannot be right. */
  take(frames: readonly unknown[]): void {
    for (const frame of frames) this.#takeFrame(frame);
  }

  #takeFrame(frame: unknown): void {
    if (!Array.isArray(frame)) return this.#take(frame);
    const batch = Array.isArray(frame[0]) ? (frame as readonly unknown[]) : [frame];
    const count = countMessages(batch);
    if (count > this.#owner.limits.batch) throw new RpcError("RESOURCE_EXHAUSTED", `a batch of ${count} messages`);
    for (const entry of batch) this.#takeEntry(entry);
  }

  /** Takes a message, or the messages of a run. */
  #takeEntry(entry: unknown): void {
    if (!isRun(entry)) return this.#take(entry);
    const { length } = entry;
    const slots = slotsOf(entry);
    // What is wrong with a run is told where every message is checked.
    const whole = isId(entry[1]) && isId(entry[1] + length) && length > 2 && length % slots === 0;
    if (!whole) return eachOfRun(entry, (raw) => this.#take(raw));
    let id = entry[1];
    for (let at = 2; at < length && !this.#owner.ended; at += slots, id++) {
      const slot = entry[at];
      if (slots === 1) this.#takeResult(id, slot, null, false);
      else if (entry[0] === RunKind.calls && isIndex(slot)) this.#takePlainCall(id, 0, slot, entry[at + 1]);
      else if (entry[0] === RunKind.callbacks && isId(slot)) this.#takePlainCall(id, slot, noPath, entry[at + 1]);
      else eachOfRun([entry[0], id, slot, entry[at + 1]], (raw) => this.#take(raw));
    }
    if (slots === 1) this.#owner.checkIdle();
  }

  #take(raw: unknown): void {
    if (this.#owner.ended) return;
    const parsed = parseMessage(raw);
    if (!parsed.ok) throw new RpcError("PROTOCOL_ERROR", parsed.error);
    this.#hand(parsed.message);
  }

  /** Hands a message to the room that it is for. */
  #hand(message: Message): void {
    const owner = this.#owner;
    const { rooms } = owner;
    switch (message[0]) {
      case Kind.hello:
        return this.#greet(message as HelloMessage);
      case Kind.call:
      case Kind.notify:
        return this.#takeCall(message);
      case Kind.resolve:
      case Kind.reject:
      case Kind.done:
        return this.#takeAnswer(message);
      case Kind.cancel:
        return rooms.dispatch.cancel(message[1], message[2]);
      case Kind.path:
        return rooms.paths.define(message[1], message[2]);
      case Kind.retain:
      case Kind.release:
      case Kind.settle:
      case Kind.abort:
        return this.#takeReference(message);
      case Kind.fragment:
        return this.#takeWhole(owner.carrier.assemble(message));
      case Kind.ping:
        return owner.sendUrgent([Kind.pong, message[1]]);
      case Kind.pong:
        return owner.takePong();
      case Kind.goodbye:
        return owner.takeGoodbye(message[1], message[2], message[3] === 1);
      default:
        return rooms.streams.receive(message);
    }
  }

  #takeCall(message: CallMessage | NotifyMessage): void {
    const owner = this.#owner;
    const { dispatch, values } = owner.rooms;
    // What is under way may still call back; only new work is refused.
    if (message[0] !== Kind.call || message[2] !== 0 || !owner.closing) return dispatch.receive(message);
    const closing = new RpcError("UNAVAILABLE", "the session is closing", { delivered: "no" });
    const packed = values.packError(closing, undefined, "no");
    owner.send([Kind.reject, message[1], packed.data, packed.table], packed);
  }

  /** Takes a checked call of a run. */
  #takePlainCall(id: number, target: number, path: WirePath, args: unknown): void {
    if (this.#owner.closing) this.#takeCall([Kind.call, id, target, path, args]);
    else this.#owner.rooms.dispatch.receivePlain(id, target, path, args);
  }

  #takeAnswer(message: ResolveMessage | RejectMessage | DoneMessage): void {
    const { calls, values } = this.#owner.rooms;
    if (message[0] === Kind.done) calls.done(message[1]);
    else if (message[0] === Kind.reject)
      calls.reject(message[1], () => values.unpackValue(message[2], message[3], "error", {}));
    else this.#takeResult(message[1], message[2], message[3], message[4] === 1);
    this.#owner.checkIdle();
  }

  #takeResult(id: number, value: unknown, table: unknown, open: boolean): void {
    const { way, rooms } = this.#owner;
    if (!table && way.trusted) return rooms.calls.resolveWith(id, value, open);
    const unpack = (options: CallOptions | undefined) => {
      const result = rooms.values.unpackValue(value, table, "result", { options });
      return table ? makeDisposable(result) : result;
    };
    rooms.calls.resolve(id, unpack, open);
  }

  #takeReference(message: RetainMessage | ReleaseMessage | FollowUp): void {
    const { dispatch, exports, followUps } = this.#owner.rooms;
    if (message[0] === Kind.retain) exports.retain(message[1]);
    else if (message[0] !== Kind.release) {
      if (followUps.knows(message) || !dispatch.defer(message)) followUps.take(message);
    } else if (message[1] < 0) dispatch.releaseResult(-message[1]);
    else exports.release(message[1], message[2]);
  }

  /** A hello never comes in fragments: relays could not narrow it. */
  #greet(hello: HelloMessage): void {
    if (this.#whole) throw new RpcError("PROTOCOL_ERROR", "a hello in fragments");
    this.#owner.greeter.take(hello);
  }

  #takeWhole(frames: readonly unknown[]): void {
    this.#whole = true;
    try {
      this.take(frames);
    } finally {
      this.#whole = false;
    }
  }
}
