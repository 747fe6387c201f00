import { defineTransport, type TransportEvents } from "../define-transport.ts";
import { RpcError } from "../error.ts";
import { Kind } from "../message.ts";
import type { CloseReason, Transport } from "../transport.ts";
import { type Marking, mark, markingFor } from "./channel-mark.ts";

/** Names in use, per port. The unnamed session has the empty name. */
const taken = new WeakMap<object, readonly string[]>();

const none: readonly string[] = [];
const onlyUnnamed: readonly string[] = [""];

/** Sessions per transport: the last one to end closes it. */
const sessions = new WeakMap<Transport, number>();

/** Whether any session stands on this transport. */
export function hasSessions(transport: Transport): boolean {
  return (sessions.get(transport) ?? 0) > 0;
}

/**
 * Claims a session's place on a port. Throws a TypeError when it is taken: two
 * sessions that read the same messages would answer for each other. So it does for a
 * channel on a stream of bytes without borders.
 */
export function claimChannel(transport: Transport, name: string): void {
  if (name !== "") markingFor(transport.traits);
  const names = taken.get(transport.port) ?? none;
  if (names.includes(name)) {
    const where = name === "" ? "" : ` on channel ${JSON.stringify(name)}`;
    throw new TypeError(`this port has a session${where} already: close it, or give { channel } another name`);
  }
  // The lists of most ports, which have one session without a name, are one.
  taken.set(transport.port, names === none && name === "" ? onlyUnnamed : names.concat(name));
  sessions.set(transport, (sessions.get(transport) ?? 0) + 1);
}

/** Frees a session's place, once. Says whether no session is left on the transport. */
export function freeChannel(transport: Transport, name: string): boolean {
  taken.set(transport.port, taken.get(transport.port)?.filter((other) => other !== name) ?? none);
  const left = (sessions.get(transport) ?? 1) - 1;
  sessions.set(transport, left);
  return left === 0;
}

/**
 * One session's view of a port that others use too: adds and checks the mark, the
 * channel and the session on every message, and leaves alone what is not its own.
 * Closing the view leaves the port open.
 */
export function channelView(transport: Transport, name: string, session: string): Transport {
  const marking = markingFor(transport.traits);
  const stops: (() => void)[] = [];
  const view: Transport = defineTransport({
    traits: {
      ...transport.traits,
      shared: true,
      maxMessage: transport.traits.maxMessage - name.length * 6 - markLength,
    },
    peer: transport.peer,
    port: transport.port,
    open(events) {
      const binding = new Binding(name, session, events, marking);
      stops.push(
        transport.onWritable(() => events.writable()),
        transport.onClose((reason) => events.end(reason)),
        transport.receive((message) => binding.take(message)),
      );
      return {
        send: (message, transfer) =>
          transport.send(marking.add([mark, name, session, binding.peer], message), transfer),
        blocked: () => transport.blocked,
        hold: (busy) => holdFor(view, transport, busy),
        close: () => {
          holdFor(view, transport, false);
          for (const stop of stops.splice(0)) stop();
        },
      };
    },
  });
  if (view.ended) for (const stop of stops.splice(0)) stop();
  return view;
}

/** How long a mark is besides its name, at most. */
const markLength = 256;

/** The views of a transport that have work pending: it is held until the last of them is done. */
const busyViews = new WeakMap<Transport, Set<Transport>>();

function holdFor(view: Transport, transport: Transport, busy: boolean): void {
  const views = busyViews.get(transport) ?? new Set();
  busyViews.set(transport, views);
  if (busy) views.add(view);
  else views.delete(view);
  transport.hold(views.size > 0);
}

/** Whom a view has found on the other side. */
class Binding {
  /** The peer's session; empty until its hello has come. */
  peer = "";
  readonly #name: string;
  readonly #session: string;
  readonly #events: TransportEvents;
  readonly #marking: Marking;

  constructor(name: string, session: string, events: TransportEvents, marking: Marking) {
    this.#name = name;
    this.#session = session;
    this.#events = events;
    this.#marking = marking;
  }

  take(message: unknown): void {
    const marked = this.#marking.read(message);
    if (!Array.isArray(marked) || marked[0] !== mark || marked[1] !== this.#name) return;
    const [, , from, to, frame] = marked as readonly unknown[];
    if (typeof from !== "string" || from === "" || from.length > 64) return;
    if (to !== "" && to !== this.#session) return;
    if (from === this.peer) return this.#events.message(frame);
    // Who names us has heard our hello, and may refuse us without one of its own.
    if (this.peer === "" && to === this.#session && isGoodbye(frame)) return this.#events.message(frame);
    if (!isHello(frame)) return;
    if (this.peer !== "") return this.#events.end(startedAnew);
    this.peer = from;
    this.#events.message(frame);
  }
}

const startedAnew: CloseReason = {
  code: "UNAVAILABLE",
  message: "the other side started anew",
  by: "remote",
  cause: /* @__PURE__ */ new RpcError("UNAVAILABLE", "another session answers on this channel now"),
};

function isGoodbye(frame: unknown): boolean {
  return Array.isArray(frame) ? frame[0] === Kind.goodbye : typeof frame === "string" && frame.startsWith("[20,");
}

/** A hello by itself, or at the head of the batch of the turn that opened the session. */
function isHello(frame: unknown): boolean {
  if (ArrayBuffer.isView(frame)) return beginsHello(new TextDecoder().decode(headOf(frame)));
  if (typeof frame === "string") return beginsHello(frame);
  if (!Array.isArray(frame)) return false;
  const first: unknown = Array.isArray(frame[0]) ? frame[0][0] : frame[0];
  return first === Kind.hello;
}

function headOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, Math.min(4, byteLength));
}

/** Texts and bytes that are no JSON say nothing of their kind at their head: their session is taken at its word. */
function beginsHello(text: string): boolean {
  return text.startsWith("[0,") || text.startsWith("[[0,") || !text.startsWith("[");
}
