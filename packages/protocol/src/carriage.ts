/**
 * What a port carries: structured clones, JSON-like objects, text, or bytes.
 * `bytes` is a stream without message boundaries unless its transport is framed.
 */
export type Carriage = "clone" | "json" | "text" | "bytes";
