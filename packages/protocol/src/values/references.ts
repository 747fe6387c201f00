import type { Key } from "../message.ts";
import type { Packing } from "./packing.ts";
import type { ReferenceKind } from "./reference.ts";

/** Iterators of the language: what is left of them streams. */
const iteratorTag = /^(Async)?Generator$| Iterator$|^Iterator Helper$/;

const taggedReferences: Readonly<Record<string, ReferenceKind>> = {
  Promise: "promise",
  AbortSignal: "signal",
  ReadableStream: "stream",
  WritableStream: "stream",
};

/**
 * How an object that is no plain data crosses by reference; `undefined` for one
 * that does not. Never asked about functions: those may be stubs, whose
 * properties are calls.
 */
export function referenceKindOf(source: object, tag: string): ReferenceKind | undefined {
  if (Object.hasOwn(taggedReferences, tag)) return taggedReferences[tag];
  if (iteratorTag.test(tag)) return "stream";
  if (Symbol.asyncIterator in source) return "stream";
  return "then" in source && typeof source.then === "function" ? "promise" : undefined;
}

/** Packs what crosses by reference, unless the session knows it as the peer's own. */
export function packReference(kind: ReferenceKind, source: object, key: Key, packing: Packing): null {
  return packing.reference(packing.options.references.recognise(source) ?? kind, source, key);
}
