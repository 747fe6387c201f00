/** @packageDocumentation The conformance suite that every Portolan transport passes. */
export {};
