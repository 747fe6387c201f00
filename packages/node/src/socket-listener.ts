import { createServer, type Server, type Socket } from "node:net";
import { Server as SecureServer } from "node:tls";
import type { Listener, Transport } from "@portolan/protocol";
import { openSocket, type SocketTransportOptions } from "./socket-transport.ts";
import { removeStaleSocket } from "./stale-socket.ts";

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
 * `ready` rejects then with EADDRINUSE, as for a taken port.
 */
export function socketListener(options: SocketListenerOptions): Listener {
  return new Listening(options);
}

class Listening implements Listener {
  readonly ready: Promise<void>;
  readonly #options: SocketListenerOptions;
  readonly #server: Server;
  #settleReady!: (started: Promise<void>) => void;
  #connected: ((socket: Socket) => void) | undefined;

  constructor(options: SocketListenerOptions) {
    this.#options = options;
    this.#server = "server" in options ? options.server : createServer();
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
    if (!("server" in this.#options)) this.#server.close();
  }

  get #event(): string {
    return this.#server instanceof SecureServer ? "secureConnection" : "connection";
  }

  async #start(): Promise<void> {
    const options = this.#options;
    if ("server" in options) return options.server.listening ? undefined : listening(options.server);
    if ("port" in options) return listening(this.#server.listen(options.port, options.host ?? "127.0.0.1"));
    try {
      await listening(this.#server.listen(options.path));
    } catch (error) {
      if (!(await removeStaleSocket(options.path, error))) throw error;
      await listening(this.#server.listen(options.path));
    }
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
