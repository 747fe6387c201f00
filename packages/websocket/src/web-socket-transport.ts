import {
  checkSwitch,
  checkTransportOptions,
  defineTransport,
  json,
  lengthFramed,
  type Peer,
  type Transport,
} from "@portolan/protocol";
import type { WebSocketLike } from "./web-socket-like.ts";
import { WebSocketPort } from "./web-socket-port.ts";

/** How {@link webSocketTransport} uses its socket. */
export interface WebSocketTransportOptions {
  /** Treat the other end like our own code. Default false. */
  readonly trusted?: boolean;
  /**
   * Send bytes instead of text, in the form of `lengthFramed()` unless sessions have
   * another codec: typed arrays then travel as they are. Both ends need the same.
   * Default false.
   */
  readonly binary?: boolean;
  /** Bytes waiting at the socket from which on sessions stop producing. Default 1 MiB. */
  readonly highWaterMark?: number;
}

/**
 * Longer messages go in pieces, so that pings, credit and cancels may pass between. In UTF-16 units or bytes; a mebibyte
 * and what is said of it are four pieces, not four and a crumb.
 */
const maxMessage = 264 * 1024;

/**
 * Makes a transport of any WHATWG WebSocket: a browser's, Node's global one, or
 * one of `ws`. It may still be connecting: messages wait until it is open.
 *
 * A socket that you pass stays yours: closing the transport takes its listeners
 * off and leaves it open. Pass a function that makes one, and it is closed with
 * the transport, with a code and a text that tell the other end why.
 *
 * The transport ends with UNAVAILABLE when the connection breaks, and with the
 * reason that a close frame tells. A peer that vanishes without a word is not
 * announced by TCP, so sessions ping while something is owed.
 *
 * Throws a TypeError for what is no WebSocket, and for options that would be passed over or taken for others.
 */
export function webSocketTransport(
  socket: WebSocketLike | (() => WebSocketLike),
  options: WebSocketTransportOptions = {},
): Transport {
  checkWebSocketOptions(options);
  if (typeof socket === "function") return openWebSocket(checked(socket()), true, options);
  return openWebSocket(checked(socket), false, options);
}

function checked(socket: WebSocketLike): WebSocketLike {
  if (typeof (socket as Partial<WebSocketLike> | null | undefined)?.addEventListener === "function") return socket;
  throw new TypeError("expected a WebSocket, or a function that makes one; for a URL there is webSocketConnector(url)");
}

/** Throws a TypeError for options that are misspelt or of another kind; `more` names those that go beyond a transport's. */
export function checkWebSocketOptions(options: WebSocketTransportOptions, more: readonly string[] = []): void {
  checkTransportOptions(options, ["binary", "highWaterMark", ...more]);
  checkSwitch(options, "binary");
  const { highWaterMark = mebibyte } = options;
  if (!(highWaterMark > 0)) throw new TypeError(`expected highWaterMark to be bytes, got ${highWaterMark}`);
}

const mebibyte = 1024 * 1024;
const textForm = /* @__PURE__ */ json();
const binaryForm = /* @__PURE__ */ lengthFramed();
const network = { maxMessage, announcesDeath: false, network: true } as const;

/** One object for all transports of a kind: a server has thousands. */
const traitsOf = {
  text: { trusted: { ...network, carries: "text", trusted: true }, untrusted: { ...network, carries: "text" } },
  bytes: { trusted: { ...network, carries: "bytes", trusted: true }, untrusted: { ...network, carries: "bytes" } },
} as const;

/** The transport of one socket, with what is known about its peer. For the doors of this package. */
export function openWebSocket(
  socket: WebSocketLike,
  owned: boolean,
  { trusted = false, binary = false, highWaterMark = mebibyte }: WebSocketTransportOptions,
  peer: Partial<Peer> = {},
): Transport {
  return defineTransport({
    traits: traitsOf[binary ? "bytes" : "text"][trusted ? "trusted" : "untrusted"],
    peer: { kind: "websocket", ...peer },
    port: socket,
    codec: binary ? binaryForm : textForm,
    open: (events) => new WebSocketPort(socket, events, owned, highWaterMark),
  });
}
