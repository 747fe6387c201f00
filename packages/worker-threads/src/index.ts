/** @packageDocumentation Portolan over Node's worker_threads and MessagePorts. */
export { type ParentTransportOptions, parentTransport } from "./parent-transport.ts";
export type { AnyPort, DomPortLike, NodePortLike, PortEvent } from "./port-like.ts";
export { type PortTransportOptions, portTransport } from "./port-transport.ts";
export type { WorkerLike } from "./worker-like.ts";
export { type WorkerTransportOptions, workerTransport } from "./worker-transport.ts";
