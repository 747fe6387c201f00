/** @packageDocumentation Words, values and sessions of Portolan: typed RPC over any message channel. No platform, no dependency. */
export {};
