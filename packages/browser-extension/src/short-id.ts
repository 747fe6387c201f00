/** A fresh id of 16 hex digits. Not `randomUUID`, which pages on plain http do not have. */
export function shortId(): string {
  const words = crypto.getRandomValues(new Uint32Array(2));
  return Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
}
