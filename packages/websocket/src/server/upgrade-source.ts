import { createServer, type Server, STATUS_CODES } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { enterServer, type ServerEntry, type UpgradeHandler } from "./heard-paths.ts";

/** Where `webSocketListener` hears requests: exactly one of three. */
export type WebSocketListenerPlace = (
  | {
      /** A server of yours, which you start and close. Others may hear its upgrades too, on other paths. */
      readonly server: Server | SecureServer;
    }
  | {
      /** A port on which the listener makes a server of its own; 0 for any free one. */
      readonly port: number;
      /** The address to listen on. Default: all of this machine's. */
      readonly host?: string;
    }
  | {
      /** Nowhere: you call `handleUpgrade` of the listener. */
      readonly noServer: true;
    }
) & {
  /** The only path to hear, such as `"/rpc"`. Default: all. */
  readonly path?: string;
};

/** Where requests to upgrade come from. */
export interface UpgradeSource {
  readonly address: AddressInfo | string | null;
  /** Whether a request for a path that is not ours is left to somebody else. */
  leaves(path: string): boolean;
  /** Starts to listen; resolves once requests can arrive, rejects when that fails. */
  start(handler: UpgradeHandler): Promise<void>;
  /** Stops to listen. Upgraded connections live on. */
  stop(): void;
}

/** Makes the source of what the options name. Throws a TypeError for a place that is none, or more than one. */
export function upgradeSource(place: WebSocketListenerPlace): UpgradeSource {
  const { server, port, host, hostname, noServer, path } = place as Partial<Record<string, unknown>>;
  // Other servers call it so, and without it all of this machine's addresses are heard.
  if (hostname !== undefined) throw new TypeError('unknown option "hostname": did you mean "host"?');
  if (host !== undefined && typeof host !== "string") {
    throw new TypeError(`expected host to be an address, got ${JSON.stringify(host)}`);
  }
  const given = [server, port, noServer || undefined].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new TypeError(`expected one of { server }, { port } and { noServer: true }, got ${given.length} of them`);
  }
  if (path !== undefined && !(typeof path === "string" && path.startsWith("/"))) {
    throw new TypeError(`expected a path such as "/rpc", got ${JSON.stringify(path)}`);
  }
  if (noServer) return handedSource();
  if (server !== undefined) return serverSource(checkedServer(server), path);
  return portSource(checkedPort(port), host);
}

function checkedPort(port: unknown): number {
  if (Number.isInteger(port) && Number(port) >= 0 && Number(port) < 65_536) return Number(port);
  throw new TypeError(`expected a port, an integer from 0 to 65535, got ${JSON.stringify(port)}`);
}

function checkedServer(server: unknown): Server | SecureServer {
  const { on, listen } = Object(server) as Partial<Server>;
  if (typeof on === "function" && typeof listen === "function") return server as Server;
  throw new TypeError("expected a server of node:http or node:https");
}

/** A server of our own, on a port. What is no upgrade gets 426. Headers that do not come in ten seconds end a connection. */
function portSource(port: number, host: string | undefined): UpgradeSource {
  const options = { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 };
  const server = createServer(options, (_request, response) => {
    response.writeHead(426, { "Content-Type": "text/plain", Upgrade: "websocket", Connection: "close" });
    response.end(STATUS_CODES[426]);
  });
  let stopped = false;
  return {
    get address() {
      return server.address();
    },
    leaves: () => false,
    async start(handler) {
      stopped = false;
      server.on("upgrade", handler);
      await listening(server.listen(port, host));
      if (!stopped) return;
      // It looked its host up meanwhile.
      server.close();
      throw new Error("the server was closed before it listened");
    },
    stop() {
      stopped = true;
      server.removeAllListeners("upgrade");
      if (server.listening) server.close();
      // Whoever has not asked for anything yet would keep it open.
      server.closeAllConnections();
    },
  };
}

/** A server of the user's, who lets it listen and closes it. */
function serverSource(server: Server | SecureServer, path: string | undefined): UpgradeSource {
  let entry: ServerEntry | undefined;
  return {
    get address() {
      return server.address();
    },
    leaves: (asked) => entry?.leaves(asked) ?? false,
    async start(handler) {
      entry = enterServer(server, path, handler);
      if (!server.listening) await listening(server);
    },
    stop: () => entry?.leave(),
  };
}

/** Requests that the user hands over. */
function handedSource(): UpgradeSource {
  return { address: null, leaves: () => false, start: () => Promise.resolve(), stop: () => {} };
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
