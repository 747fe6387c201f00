/** @packageDocumentation Portolan in a page of Electron, or in its bundled preload. */
export { type MainConnectorOptions, mainConnector } from "./main-connector.ts";
export { type MainTransportOptions, mainTransport } from "./main-transport.ts";
export { type PeerListenerOptions, peerListener } from "./peer-listener.ts";
