/** @packageDocumentation Portolan over WebSockets: any client, and a server door on ws. */
export {};
