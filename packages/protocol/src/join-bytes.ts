import { freshBytes } from "./fresh-bytes.ts";

/** One array of the bytes of all parts, in their order. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = freshBytes(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
