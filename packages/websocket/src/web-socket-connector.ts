import {
  type ConnectorOptions,
  defineConnector,
  RpcError,
  type SessionSource,
  type Transport,
} from "@portolan/protocol";
import { subprotocol } from "./subprotocol.ts";
import type { WebSocketLike } from "./web-socket-like.ts";
import { checkWebSocketOptions, openWebSocket, type WebSocketTransportOptions } from "./web-socket-transport.ts";

/** A class of WebSockets: the browser's, Node's global one, or that of `ws`. */
export type WebSocketClass = new (url: string | URL, protocols?: string[]) => WebSocketLike;

/** Options of {@link webSocketConnector}. */
export interface WebSocketConnectorOptions extends ConnectorOptions, WebSocketTransportOptions {
  /** Subprotocols to offer. Default: the one of this version, `["portolan.1"]`; `[]` for servers of `ws` that choose none. */
  readonly protocols?: readonly string[];
  /** The class to dial with. Default: the global WebSocket, which Node has from version 22. */
  readonly WebSocket?: WebSocketClass;
}

/** Where to connect: a URL, or a function that gives one at each attempt, so that a token in it is fresh. */
export type WebSocketUrl = string | URL | (() => string | URL | Promise<string | URL>);

/**
 * Dials a WebSocket server, and dials again when the connection is lost, with
 * capped and jittered waits. Calls made meanwhile wait; calls that were on their
 * way reject with UNAVAILABLE, and nothing is sent twice.
 *
 * It gives up when the server refuses for good: 401, 403, 404 and 426 where the
 * platform tells (browsers do not), a typed refusal of `context(peer)`, or another
 * version; and with INVALID_ARGUMENT for a URL that is none. Throws a TypeError for options that would be passed over.
 */
export function webSocketConnector(url: WebSocketUrl, options: WebSocketConnectorOptions = {}): SessionSource {
  checkWebSocketOptions(options, ["protocols", "WebSocket"]);
  const dial = async (): Promise<Transport> => {
    const target = typeof url === "function" ? await url() : url;
    return openWebSocket(makeSocket(target, options), true, options);
  };
  return defineConnector(dial, options);
}

function makeSocket(
  url: string | URL,
  { protocols = [subprotocol], WebSocket = globalClass() }: WebSocketConnectorOptions,
): WebSocketLike {
  try {
    return new WebSocket(url, [...protocols]);
  } catch (cause) {
    const message = `no WebSocket can be made for ${JSON.stringify(String(url))}`;
    throw new RpcError("INVALID_ARGUMENT", message, { cause, delivered: "no" });
  }
}

function globalClass(): WebSocketClass {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketClass };
  if (WebSocket) return WebSocket;
  const message = 'this runtime has no global WebSocket: pass one, as in { WebSocket } from "ws"';
  throw new RpcError("FAILED_PRECONDITION", message, { delivered: "no" });
}
