import type { Codec } from "./codec.ts";

/**
 * For transports that clone: frames go as they are. What is no array is not ours
 * and comes out as it is, to be refused where messages are parsed.
 */
export function clone(): Codec {
  return cloneCodec;
}

/** The one that {@link clone} gives. */
export const cloneCodec: Codec = {
  name: "clone",
  carries: "clone",
  framed: false,
  open: () => ({ encode: (frame) => frame, decode: (data) => [data] }),
};
