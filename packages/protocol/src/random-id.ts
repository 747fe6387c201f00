/**
 * A name that nobody else has, in about thirteen letters and digits. No secret: whoever hears a session knows its name, and
 * `crypto` would take each thread of Node 3 ms to load.
 */
export function randomId(): string {
  return part() + part();
}

function part(): string {
  return Math.floor(Math.random() * 2 ** 32).toString(36);
}

/**
 * Eight hexadecimal digits for each of so many words, that nobody can guess. Not `randomUUID`: pages on plain http do not have
 * it, nor the content scripts in them.
 */
export function randomHex(words: number): string {
  return [...crypto.getRandomValues(new Uint32Array(words))].map((part) => part.toString(16).padStart(8, "0")).join("");
}
