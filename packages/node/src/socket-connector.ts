import { connect, type Socket } from "node:net";
import { type ConnectorOptions, defineConnector, type SessionSource } from "@portolan/protocol";
import { openSocket, type SocketTransportOptions } from "./socket-transport.ts";

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
 */
export function socketConnector(place: SocketPlace, options: SocketConnectorOptions = {}): SessionSource {
  return defineConnector(() => openSocket(dial(place), true, options), options);
}

function dial(place: SocketPlace): Socket {
  if (typeof place === "function") return place();
  if ("path" in place) return connect(place.path);
  return connect(place.port, place.host ?? "127.0.0.1");
}
