/** @packageDocumentation The server door, on `ws`. */
export type { AdmissionOptions } from "./admission.ts";
export {
  type WebSocketListener,
  type WebSocketListenerOptions,
  type WebSocketListenerPlace,
  webSocketListener,
} from "./web-socket-listener.ts";
