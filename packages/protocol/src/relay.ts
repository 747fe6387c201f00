import { Kind } from "./message.ts";
import { narrowMoves } from "./session/hello.ts";
import type { CloseReason, Traits, Transport } from "./transport.ts";

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
 * Throws a TypeError for two that carry different things.
 */
export function relay(a: Transport, b: Transport, options: RelayOptions = {}): Relay {
  if (familyOf(a.traits) !== familyOf(b.traits)) {
    throw new TypeError(`cannot relay between a transport of ${a.traits.carries} and one of ${b.traits.carries}`);
  }
  const narrow = { trusted: options.trusted ?? (a.traits.trusted && b.traits.trusted) };
  forward(a, b, narrow);
  forward(b, a, narrow);
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

function forward(from: Transport, to: Transport, narrow: { readonly trusted: boolean }): void {
  const waiting: unknown[] = [];
  const send = (message: unknown) => {
    try {
      to.send(message, movedPorts(message, to));
    } catch (cause) {
      from.close(broken("a message could not be passed on", cause));
    }
  };
  from.receive((message) => {
    const narrowed = narrowHello(message, from.traits, to.traits, narrow.trusted);
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

/** Rewrites a hello, wherever the marks of a shared port put it; everything else passes as it is. */
function narrowHello(message: unknown, from: Traits, to: Traits, trusted: boolean): unknown {
  if (typeof message === "string")
    return message.startsWith("[0,") ? JSON.stringify(narrowHello(JSON.parse(message), from, to, trusted)) : message;
  if (!Array.isArray(message)) return message;
  if (message[0] === "portolan") return [...message.slice(0, 4), narrowHello(message[4], from, to, trusted)];
  if (message[0] !== Kind.hello || typeof message[2] !== "object" || message[2] === null) return message;
  return [message[0], message[1], { ...message[2], ...narrowBody(message[2], from, to, trusted) }];
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
  };
}

/** Ports in a message must move on with it; finding them costs a walk only where ports can be. */
function movedPorts(message: unknown, to: Transport): readonly object[] {
  return to.traits.moves === "none" || typeof message !== "object" ? [] : findPorts(message, [], 0);
}

function findPorts(value: unknown, found: object[], depth: number): object[] {
  if (typeof value !== "object" || value === null || depth > 64) return found;
  const tag = Object.prototype.toString.call(value);
  // Electron's MessagePortMain has no tag, only a class.
  if (tag === "[object MessagePort]" || value.constructor?.name === "MessagePortMain") found.push(value);
  else if (Array.isArray(value)) for (const inner of value) findPorts(inner, found, depth + 1);
  else if (tag === "[object Object]") for (const inner of Object.values(value)) findPorts(inner, found, depth + 1);
  return found;
}
