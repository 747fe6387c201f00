import { Kind } from "./message.ts";
import { notASource } from "./not-a-source.ts";
import { mark } from "./session/channel-mark.ts";
import { narrowMoves } from "./session/hello.ts";
import type { Traits } from "./traits.ts";
import type { CloseReason, Transport } from "./transport.ts";

/** How {@link relay} joins. */
export interface RelayOptions {
  /** Whether each end may trust the other. Default: only if both transports are trusted. */
  readonly trusted?: boolean;
}

/** Two transports that are one now. */
export interface Relay {
  /** Resolves when either end has ended, and with it the other. Never rejects. */
  readonly closed: Promise<CloseReason>;
  /** Ends both. */
  close(reason?: CloseReason): void;
}

/**
 * Joins two transports: what arrives at one leaves at the other, undecoded, and
 * the end of either ends both. Only hello is touched: it then tells each side what
 * the weakest part of the way carries, moves, takes and trusts. Both transports are
 * the relay's from now on.
 *
 * Throws a TypeError for two that carry different things, and for two that carry
 * bytes of which only one is trusted.
 */
export function relay(a: Transport, b: Transport, options: RelayOptions = {}): Relay {
  for (const end of [a, b]) if (!("traits" in Object(end))) throw notASource(end, "two Transports");
  if (familyOf(a.traits) !== familyOf(b.traits)) {
    throw new TypeError(`cannot relay between a transport of ${a.traits.carries} and one of ${b.traits.carries}`);
  }
  const trusted = options.trusted ?? (a.traits.trusted && b.traits.trusted);
  if (a.traits.carries === "bytes" && !trusted && (a.traits.trusted || b.traits.trusted)) {
    throw new TypeError(
      "cannot relay bytes between a trusted and an untrusted transport: nothing in them can be narrowed",
    );
  }
  forward(a, b, trusted);
  forward(b, a, trusted);
  a.hold(true);
  b.hold(true);
  return {
    closed: Promise.race([a.closed, b.closed]),
    close: (reason) => {
      a.close(reason);
      b.close(reason);
    },
  };
}

/** How much may wait for an end that takes no more. */
const maxWaiting = 4096;

function forward(from: Transport, to: Transport, trusted: boolean): void {
  const waiting: unknown[] = [];
  const narrowing = { from: from.traits, to: to.traits, trusted };
  const send = (message: unknown) => {
    try {
      to.send(message, movedPorts(message, to));
    } catch (cause) {
      from.close(broken("a message could not be passed on", cause));
    }
  };
  from.receive((message) => {
    if (from.ended) return;
    const narrowed = narrowHellos(message, narrowing);
    if (!to.blocked && waiting.length === 0) return send(narrowed);
    if (waiting.push(narrowed) > maxWaiting) from.close(broken("the other end of the relay takes no more", undefined));
  });
  to.onWritable(() => {
    while (waiting.length > 0 && !to.blocked) send(waiting.shift());
  });
  from.onClose((reason) => to.close({ ...reason, by: "remote" }));
}

function broken(message: string, cause: unknown): CloseReason {
  return { code: "UNAVAILABLE", message: `relay: ${message}`, by: "platform", ...(cause !== undefined && { cause }) };
}

/** Objects pass between all transports that carry objects. */
function familyOf({ carries }: Traits): string {
  return carries === "clone" || carries === "json" ? "objects" : carries;
}

/** How one direction narrows what hello says. */
interface Narrowing {
  readonly from: Traits;
  readonly to: Traits;
  readonly trusted: boolean;
}

/** Where a text may begin a hello: the only texts that are worth parsing. */
const maybeHello = /\[\s*-?0(?:\s*,|[.eE])/;

/** Rewrites every hello, wherever the marks of a shared port or a batch put it; everything else passes as it is. */
function narrowHellos(message: unknown, narrowing: Narrowing): unknown {
  if (typeof message === "string") return maybeHello.test(message) ? narrowMarked(message, narrowing) : message;
  if (!Array.isArray(message)) return message;
  if (message[0] === mark) return [...message.slice(0, 4), narrowHellos(message[4], narrowing)];
  if (!Array.isArray(message[0])) return narrowHello(message, narrowing);
  const narrowed = message.map((entry: unknown) => (Array.isArray(entry) ? narrowHello(entry, narrowing) : entry));
  return narrowed.some((entry, index) => entry !== message[index]) ? narrowed : message;
}

/** On a channel of a carrier of text the mark is a line of its own, before the message. */
function narrowMarked(text: string, narrowing: Narrowing): string {
  const line = text.startsWith(`["${mark}",`) ? text.indexOf("\n") + 1 : 0;
  return text.slice(0, line) + narrowText(text.slice(line), narrowing);
}

function narrowText(text: string, narrowing: Narrowing): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // No message of ours: the session that gets it says so.
    return text;
  }
  const narrowed = narrowHellos(parsed, narrowing);
  return narrowed === parsed ? text : JSON.stringify(narrowed);
}

/** A message with its hello narrowed; the message itself when it is none. */
function narrowHello(message: readonly unknown[], { from, to, trusted }: Narrowing): readonly unknown[] {
  const [kind, version, body] = message;
  if (kind !== Kind.hello || typeof body !== "object" || body === null) return message;
  return [kind, version, { ...body, ...narrowBody(body as Readonly<Record<string, unknown>>, from, to, trusted) }];
}

function narrowBody(body: Readonly<Record<string, unknown>>, from: Traits, to: Traits, trusted: boolean): object {
  const carries = [body["carries"], from.carries, to.carries].includes("json") ? "json" : body["carries"];
  const told = typeof body["moves"] === "string" ? body["moves"] : "none";
  const limits = [from.maxMessage, to.maxMessage, Number(body["maxMessage"]) || Number.POSITIVE_INFINITY];
  const least = Math.min(...limits);
  return {
    carries,
    moves: narrowMoves(from.moves, narrowMoves(to.moves, told)),
    maxMessage: Number.isFinite(least) ? least : 0,
    trusted: body["trusted"] === true && trusted,
    ...(!(from.platformObjects && to.platformObjects) && { platformObjects: false }),
  };
}

/** Ports in a message must move on with it; finding them costs a walk only where ports can be. */
function movedPorts(message: unknown, to: Transport): readonly object[] {
  return to.traits.moves === "none" || typeof message !== "object" ? [] : findPorts(message);
}

/** Looks everywhere once: what is shared or holds itself must not make the walk endless. */
function findPorts(message: unknown): readonly object[] {
  const found: object[] = [];
  const seen = new Set<unknown>();
  const waiting: unknown[] = [message];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    const tag = Object.prototype.toString.call(value);
    // Node 20's ports and Electron's MessagePortMain have other tags. Nothing else that was cloned has functions.
    if (typeof (value as { postMessage?: unknown }).postMessage === "function") found.push(value);
    else if (Array.isArray(value) || tag === "[object Object]")
      for (const inner of Object.values(value)) waiting.push(inner);
  }
  return found.reverse();
}
