/** @packageDocumentation Portolan over sockets, pipes, stdio, child processes and clusters. */
export { type LengthFramedOptions, lengthFramed } from "@portolan/protocol";
export type { ChildExit } from "./child-ending.ts";
export { clusterListener } from "./cluster-listener.ts";
export { type ForkTransportOptions, forkTransport } from "./fork-transport.ts";
export type { IpcSerialization } from "./ipc-serialization.ts";
export { type NativeMessagingOptions, nativeMessagingListener } from "./native-messaging-listener.ts";
export { type SocketConnectorOptions, type SocketPlace, socketConnector } from "./socket-connector.ts";
export { type SocketListenerOptions, type SocketListenerPlace, socketListener } from "./socket-listener.ts";
export { type SocketTransportOptions, socketTransport } from "./socket-transport.ts";
export { type SpawnTransportOptions, spawnTransport } from "./spawn-transport.ts";
export { type StdioTransportOptions, stdioTransport } from "./stdio-transport.ts";
