import { createServer, type Server, type Socket } from "node:net";
import { Server as SecureServer } from "node:tls";
import { checkTransportOptions, type Listener, type Transport } from "@portolan/protocol";
import { checkPathLength, type SocketAddress, socketAddress } from "./socket-place.ts";
import { openSocket, type SocketTransportOptions } from "./socket-transport.ts";
import { explained, removeStaleSocket } from "./stale-socket.ts";

/** Where {@link socketListener} listens: exactly one of three. */
export type SocketListenerPlace =
  | {
      /** A TCP port; 0 for any free one. */
      readonly port: number;
      /** The address to listen on, such as `"0.0.0.0"`. Default `"127.0.0.1"`: this machine only. */
      readonly host?: string;
    }
  | {
      /** The path of a Unix socket, or of a named pipe such as `\\\\.\\pipe\\app`. */
      readonly path: string;
    }
  | {
      /** A server of `node:net` or `node:tls`, which you start and close. */
      readonly server: Server;
    };

/** Options of {@link socketListener}. */
export type SocketListenerOptions = SocketListenerPlace & SocketTransportOptions;

/**
 * Hears TCP, TLS and Unix sockets and named pipes. Each connection is a transport
 * whose peer is `{ kind: "socket", socket, remoteAddress, remotePort }`.
 *
 * A Unix socket that a killed server left behind is replaced; a living one is not:
 * `ready` rejects then with EADDRINUSE, as for a taken port; with INVALID_ARGUMENT for a path that is too long.
 * Throws a TypeError for a place that is none, or more than one, and for options that would be passed over.
 */
export function socketListener(options: SocketListenerOptions): Listener {
  const place = placeOf(options);
  checkTransportOptions(options, ["port", "host", "path", "server"]);
  return new Listening(place, options);
}

function placeOf(options: SocketListenerOptions): SocketAddress | Server {
  const { server, port, path } = Object(options) as { readonly [key: string]: unknown; readonly server?: Server };
  if (server === undefined) return socketAddress(options, "one of { port }, { path } and { server }");
  if (typeof server?.listen === "function" && port === undefined && path === undefined) return server;
  throw new TypeError("expected { server } to be one of node:net or node:tls, and no other place");
}

class Listening implements Listener {
  readonly ready: Promise<void>;
  readonly #place: SocketAddress | Server;
  readonly #options: SocketTransportOptions;
  readonly #server: Server;
  #settleReady!: (started: Promise<void>) => void;
  #connected: ((socket: Socket) => void) | undefined;
  #closed = false;

  constructor(place: SocketAddress | Server, options: SocketTransportOptions) {
    this.#place = place;
    this.#options = options;
    this.#server = "listen" in place ? place : createServer();
    this.ready = new Promise((resolve) => {
      this.#settleReady = resolve;
    });
    // Whoever does not look hears of a failure by `report`.
    this.ready.catch(() => {});
  }

  get address(): unknown {
    return this.#server.address();
  }

  accept(arrive: (transport: Transport) => void, report: (error: unknown) => void): void {
    if (this.#connected) throw new TypeError("this listener is served already: make one for each serve()");
    this.#closed = false;
    this.#connected = (socket) => {
      // The kernel asks silent peers whether they live, without a timer for each.
      socket.setKeepAlive(true, 60_000);
      arrive(openSocket(socket, true, this.#options));
    };
    this.#server.on(this.#event, this.#connected);
    const started = this.#start();
    started.catch(report);
    this.#settleReady(started);
  }

  async close(): Promise<void> {
    if (this.#connected) this.#server.off(this.#event, this.#connected);
    this.#connected = undefined;
    this.#closed = true;
    if (this.#place !== this.#server && this.#server.listening) this.#server.close();
  }

  get #event(): string {
    return this.#server instanceof SecureServer ? "secureConnection" : "connection";
  }

  async #start(): Promise<void> {
    const place = this.#place;
    if ("listen" in place) return place.listening ? undefined : listening(place);
    if ("port" in place) return this.#listen(place.port, place.host);
    checkPathLength(place.path);
    try {
      await this.#listen(place.path);
    } catch (error) {
      if (!(await removeStaleSocket(place.path, error))) throw await explained(place.path, error as Error);
      await this.#listen(place.path);
    }
  }

  /** With a server of our own. One that was closed while it looked its host up, or cleared its path, listens no longer. */
  async #listen(...place: [port: number, host: string] | [path: string]): Promise<void> {
    await listening(this.#server.listen(...(place as [string])));
    if (!this.#closed) return;
    this.#server.close();
    throw new Error("the server was closed before it listened");
  }
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      server.off("listening", onListening);
      server.off("error", onError);
      server.off("close", onClose);
      settle();
    };
    const onListening = () => done(resolve);
    const onError = (error: Error) => done(() => reject(error));
    const onClose = () => done(() => reject(new Error("the server was closed before it listened")));
    server.on("listening", onListening);
    server.on("error", onError);
    server.on("close", onClose);
  });
}
