/** @packageDocumentation Portolan over WebSockets: any client, and a server door on ws. */
export { subprotocol } from "./subprotocol.ts";
export type { WebSocketLike } from "./web-socket-like.ts";
export { type WebSocketTransportOptions, webSocketTransport } from "./web-socket-transport.ts";
