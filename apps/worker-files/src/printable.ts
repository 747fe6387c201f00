/** A name as it may be shown: a file name can hold newlines, and orders for the terminal. */
export function printable(name: string): string {
  return name.replace(unsafe, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

// Control characters, and those that turn the direction of writing.
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
