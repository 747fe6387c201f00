// Not `randomUUID`: pages on plain http do not have it, nor the content scripts in them.

/** A name that nobody else has, in about thirteen letters and digits. */
export function randomId(): string {
  return [...crypto.getRandomValues(new Uint32Array(2))].map((part) => part.toString(36)).join("");
}

/** Eight hexadecimal digits for each of so many words, by chance. */
export function randomHex(words: number): string {
  return [...crypto.getRandomValues(new Uint32Array(words))].map((part) => part.toString(16).padStart(8, "0")).join("");
}
