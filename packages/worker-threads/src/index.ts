/** @packageDocumentation Portolan over Node's worker_threads and MessagePorts. */
export {};
