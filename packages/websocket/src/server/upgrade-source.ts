import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** What Node calls with each request to upgrade. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Where requests to upgrade come from. */
export interface UpgradeSource {
  readonly address: AddressInfo | string | null;
  /** True when others hear the same requests, so that what is not ours may be theirs. */
  readonly shared: boolean;
  /** Starts to listen; resolves once requests can arrive, rejects when that fails. */
  start(handler: UpgradeHandler): Promise<void>;
  /** Stops to listen. Upgraded connections live on. */
  stop(): void;
}

/** A server of our own, on a port. What is no upgrade gets 426. */
export function portSource(port: number, host: string | undefined): UpgradeSource {
  const server = createServer({ headersTimeout: 10_000 }, (_request, response) => {
    response.writeHead(426, { "Content-Type": "text/plain", Upgrade: "websocket", Connection: "close" });
    response.end(STATUS_CODES[426]);
  });
  return {
    get address() {
      return server.address();
    },
    shared: false,
    start(handler) {
      server.on("upgrade", handler);
      server.listen(port, host);
      return listening(server);
    },
    stop: () => void server.close(),
  };
}

/** A server of the user's, who lets it listen and closes it. */
export function serverSource(server: Server | SecureServer): UpgradeSource {
  let handler: UpgradeHandler = () => {};
  return {
    get address() {
      return server.address();
    },
    get shared() {
      return server.listenerCount("upgrade") > 1;
    },
    start(given) {
      handler = given;
      server.on("upgrade", handler);
      return server.listening ? Promise.resolve() : listening(server);
    },
    stop: () => void server.off("upgrade", handler),
  };
}

/** Requests that the user hands over. */
export function handedSource(): UpgradeSource {
  return { address: null, shared: false, start: () => Promise.resolve(), stop: () => {} };
}

function listening(server: Server | SecureServer): Promise<void> {
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
