/** @packageDocumentation The server door, on `ws`. */
export type { AdmissionOptions } from "./admission.ts";
export type { WebSocketListenerPlace } from "./upgrade-source.ts";
export { type WebSocketListener, type WebSocketListenerOptions, webSocketListener } from "./web-socket-listener.ts";
