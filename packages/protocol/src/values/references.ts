import type { ReferenceKind } from "./reference.ts";

/**
 * How an object that is no plain data crosses by reference; `undefined` for one
 * that does not. Iterators of the language stream what is left of them. Never
 * asked about functions: those may be stubs, whose properties are calls.
 */
export function referenceKindOf(source: object, tag: string): ReferenceKind | undefined {
  if (tag === "AbortSignal") return "signal";
  if (/^(Read|Writ)ableStream$|Generator$|Iterator( Helper)?$/.test(tag)) return "stream";
  // A directory's handle is cloned, although it lists what it holds.
  if (Symbol.asyncIterator in source && !tag.startsWith("FileSystem")) return "stream";
  return showsThen(source) ? "promise" : undefined;
}

/** True for an object that has a `then`, and says so: a JS Proxy that answers whatever it is asked crosses as what it shows. */
export function showsThen(source: object): boolean {
  return "then" in source && typeof source.then === "function";
}
