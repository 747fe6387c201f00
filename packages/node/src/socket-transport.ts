import type { Socket } from "node:net";
import {
  type CloseReason,
  checkTransportOptions,
  defineTransport,
  lengthFramed,
  type Peer,
  type Transport,
  type TransportEvents,
  type TransportPort,
} from "@portolan/protocol";
import { BytePort, closing } from "./byte-port.ts";

/** Options of every transport over sockets. */
export interface SocketTransportOptions {
  /** Treat the other end like our own code. Default false. */
  readonly trusted?: boolean;
}

/**
 * Longer messages go in pieces, so that pings, credit and cancels may pass between. In bytes; a mebibyte and what is
 * said of it are four pieces, not four and a crumb.
 */
export const maxByteMessage: number = 264 * 1024;

/**
 * Makes a transport of a TCP, TLS or Unix socket, or a named pipe. It may still
 * be connecting: messages wait until it has.
 *
 * A socket that you pass stays yours: closing the transport takes its listeners
 * off, pauses it and leaves it open. Pass a function that makes one, and it is
 * ended with the transport, after what was sent has left.
 *
 * A byte stream needs a codec that finds its own frames: `lengthFramed()`, which
 * sessions use by default, or `ndjson()`; both ends need the same.
 *
 * Ends with UNAVAILABLE when the other end closes or the connection breaks, with
 * the platform's error as the cause. A peer that vanishes without a word is not
 * announced by TCP, so sessions ping while something is owed.
 *
 * Throws a TypeError for what is no socket.
 */
export function socketTransport(socket: Socket | (() => Socket), options: SocketTransportOptions = {}): Transport {
  checkTransportOptions(options);
  const owned = typeof socket === "function";
  const given = owned ? socket() : socket;
  if (isSocket(given)) return openSocket(given, owned, options);
  throw new TypeError("expected a socket of node:net or node:tls, or a function that makes one");
}

/** Whether something can be read, written and ended like a socket: those of other libraries do too. */
export function isSocket(socket: unknown): socket is Socket {
  const { on, write, setNoDelay } = Object(socket) as Partial<Socket>;
  return [on, write, setNoDelay].every((verb) => typeof verb === "function");
}

const codec = /* @__PURE__ */ lengthFramed();

/** One object for all transports of a kind: a server has thousands. */
const traits = {
  carries: "bytes",
  framed: false,
  maxMessage: maxByteMessage,
  announcesDeath: false,
  network: true,
} as const;
const trustedTraits = { ...traits, trusted: true } as const;

/** The transport of one socket. For the listener and the connector. */
export function openSocket(socket: Socket, owned: boolean, { trusted = false }: SocketTransportOptions): Transport {
  return defineTransport({
    traits: trusted ? trustedTraits : traits,
    peer: socketPeer(socket),
    port: socket,
    codec,
    open: (events) => new SocketPort(socket, events, owned),
  });
}

function socketPeer(socket: Socket): Partial<Peer> {
  const { remoteAddress, remotePort } = socket;
  return { kind: "socket", socket, remoteAddress, remotePort };
}

/** How long, in milliseconds, the other end may take to close its half. */
const closePatience = 2_000;

class SocketPort implements TransportPort {
  readonly #socket: Socket;
  readonly #events: TransportEvents;
  readonly #owned: boolean;
  readonly #bytes: BytePort;

  constructor(socket: Socket, events: TransportEvents, owned: boolean) {
    this.#socket = socket;
    this.#events = events;
    this.#owned = owned;
    this.#bytes = new BytePort({ input: socket, output: socket }, events, endings);
    socket.on("connect", this.#connected);
    socket.setNoDelay(true);
    socket.unref();
    if (socket.destroyed || socket.readableEnded) events.end(endings.inputEnded);
  }

  send(message: unknown): void {
    if (this.#socket.writableEnded || this.#socket.destroyed) throw closing("the socket");
    this.#bytes.send(message);
  }

  blocked(): boolean {
    return this.#socket.connecting || this.#bytes.blocked;
  }

  hold(busy: boolean): void {
    if (busy) this.#socket.ref();
    else this.#socket.unref();
  }

  close(reason: CloseReason): void {
    this.#bytes.detach();
    this.#socket.off("connect", this.#connected);
    if (this.#owned) endSocket(this.#socket, reason);
    else this.#socket.ref();
  }

  readonly #connected = (): void => {
    if (!this.blocked()) this.#events.writable();
  };
}

const endings = {
  inputEnded: { code: "UNAVAILABLE", message: "the other end closed the connection", by: "remote" },
  failed(cause: NodeJS.ErrnoException): CloseReason {
    // Of several addresses that were tried, Node tells in a list, and says nothing itself.
    const never = cause instanceof AggregateError || cause.syscall === "connect" || cause.syscall === "getaddrinfo";
    const why = cause.message || String(cause.code);
    const common = { code: "UNAVAILABLE", by: "platform", cause } as const;
    if (never) return { ...common, message: `could not connect: ${why}`, delivered: "no" };
    return { ...common, message: `the connection broke: ${why}` };
  },
} as const;

/** Lets what was sent leave, then closes; a peer that keeps its half open, or is gone, is cut off. */
function endSocket(socket: Socket, reason: CloseReason): void {
  if (socket.destroyed) return;
  const quiet = () => {};
  const timer = setTimeout(() => socket.destroy(), closePatience);
  timer.unref();
  socket.on("error", quiet);
  socket.once("close", () => {
    clearTimeout(timer);
    socket.off("error", quiet);
  });
  socket.unref();
  if (reason.code === "UNAVAILABLE" || socket.connecting) socket.destroy();
  else socket.end().resume();
}
