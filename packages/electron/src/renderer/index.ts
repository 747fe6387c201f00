/** @packageDocumentation Portolan in a page of Electron, in its bundled preload, or in a service worker. */
export { type MainConnectorOptions, mainConnector } from "./main-connector.ts";
export { type MainTransportOptions, mainTransport } from "./main-transport.ts";
export { type PeerListenerOptions, peerListener } from "./peer-listener.ts";
