/** @packageDocumentation Portolan in an Electron utility process: to main, and to frames that main connects. */
export { type ParentTransportOptions, parentTransport } from "./parent-transport.ts";
export { type PeerListenerOptions, peerListener } from "./peer-listener.ts";
