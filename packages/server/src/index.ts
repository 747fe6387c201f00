/** @packageDocumentation Serve plain functions and procedures over any Portolan transport. */
export {};
