/** @packageDocumentation Portolan over WebSockets: any client, and a server door on ws. */
export { subprotocol } from "./subprotocol.ts";
export {
  type WebSocketClass,
  type WebSocketConnectorOptions,
  type WebSocketUrl,
  webSocketConnector,
} from "./web-socket-connector.ts";
export type { CloseEventLike, WebSocketEvents, WebSocketLike } from "./web-socket-like.ts";
export { type WebSocketTransportOptions, webSocketTransport } from "./web-socket-transport.ts";
