/** @packageDocumentation Portolan over sockets, pipes, stdio, child processes and clusters. */
export {};
