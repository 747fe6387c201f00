import { textOf } from "./json-schema.ts";

/**
 * A short name for what callers see: the same for the same procedures, in whatever order they were written. It tells
 * releases apart and is no protection against anybody (two 32-bit hashes of the kind of MurmurHash3's finaliser).
 */
export function contractHash(procedures: object): string {
  const text = textOf(procedures);
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  return [mixed(a, b), mixed(b, a)].map((word) => word.toString(16).padStart(8, "0")).join("");
}

function mixed(word: number, other: number): number {
  const once = Math.imul(word ^ (word >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  return (once ^ (once >>> 16)) >>> 0;
}
