import { connect, type Socket } from "node:net";
import {
  type ConnectorOptions,
  checkTransportOptions,
  defineConnector,
  RpcError,
  type SessionSource,
} from "@portolan/protocol";
import { checkPathLength, type SocketAddress, socketAddress } from "./socket-place.ts";
import { isSocket, openSocket, type SocketTransportOptions } from "./socket-transport.ts";

/** Where {@link socketConnector} connects: one of three. */
export type SocketPlace =
  | {
      readonly port: number;
      /** Default `"127.0.0.1"`. */
      readonly host?: string;
    }
  | {
      /** The path of a Unix socket, or of a named pipe such as `\\\\.\\pipe\\app`. */
      readonly path: string;
    }
  /** Makes a socket for each attempt, as for TLS: `() => tls.connect(…)`. It is ours from then on. */
  | (() => Socket);

/** Options of {@link socketConnector}. */
export interface SocketConnectorOptions extends ConnectorOptions, SocketTransportOptions {}

/**
 * Connects over TCP, TLS, a Unix socket or a named pipe, and again when the
 * connection is lost, with capped and jittered waits. Calls made meanwhile wait;
 * calls that were on their way reject with UNAVAILABLE, and nothing is sent twice.
 *
 * Throws a TypeError for a place that is none. It gives up with INVALID_ARGUMENT for a path that is too long, and
 * for a function that gives no socket.
 */
export function socketConnector(place: SocketPlace, options: SocketConnectorOptions = {}): SessionSource {
  checkTransportOptions(options);
  const expected = "{ port }, { path } or a function that makes a socket";
  const target = typeof place === "function" ? place : socketAddress(place, expected);
  return defineConnector(() => openSocket(dial(target), true, options), options);
}

function dial(target: SocketAddress | (() => Socket)): Socket {
  if (typeof target === "function") return checked(target());
  if ("port" in target) return connect(target.port, target.host);
  checkPathLength(target.path);
  return connect(target.path);
}

function checked(socket: Socket): Socket {
  if (isSocket(socket)) return socket;
  throw new RpcError("INVALID_ARGUMENT", "the function that makes a socket has made none", { delivered: "no" });
}
