import type { Key } from "../message.ts";
import { proxyNames } from "../proxy-mark.ts";
import { RpcTarget } from "../rpc-target.ts";
import { classNameOf, isBuiltIn, isObjectPrototype, tagOf } from "./brands.ts";
import { packBytes, packShared } from "./bytes.ts";
import { classes } from "./class-registry.ts";
import { packMap, packSet } from "./collections.ts";
import { packError } from "./errors.ts";
import { packList } from "./lists.ts";
import type { Packing } from "./packing.ts";
import { isMoved, packMoved, packPlatformObject, remedyFor } from "./platform-objects.ts";
import { packNullProto, packRecord } from "./records.ts";
import { referenceKindOf, showsThen } from "./references.ts";
import { packBoxed, packDate, packRegExp } from "./wrappers.ts";

const show = Object.prototype.toString;

/** Packs an object met for the first time: finds out what it is, by brand. What most are comes first. */
export function packObject(source: object, key: Key, packing: Packing): unknown {
  if (proxyNames(source) !== undefined) return packing.reference("target", source, key);
  const prototype: object | null = Object.getPrototypeOf(source);
  if (prototype === Array.prototype && Array.isArray(source)) return packList(source, key, packing);
  if (prototype === Object.prototype && show.call(source) === "[object Object]") {
    return showsThen(source) ? packing.reference("promise", source, key) : packRecord(source, key, packing);
  }
  if (ArrayBuffer.isView(source) && !classes.has(prototype as object)) return packBytes(source, key, packing);
  const tag = tagOf(source);
  if (prototype === null || prototype === Object.prototype || isObjectPrototype(prototype)) {
    return packPlain(source, prototype, tag, key, packing);
  }
  const registered = classes.get(prototype);
  if (registered) return registered.pack(source, key, packing);
  if (tag === "Error" || tag === "DOMException") return packError(source as Error, key, packing);
  return packInstance(source, prototype, tag, key, packing);
}

function packPlain(source: object, prototype: object | null, tag: string, key: Key, packing: Packing): unknown {
  if (tag !== "Object") throw packing.refuse(`it calls itself ${tag}; spread it into a plain object`);
  if (showsThen(source)) return packing.reference("promise", source, key);
  if (Symbol.asyncIterator in source) return packing.reference("stream", source, key);
  return prototype ? packRecord(source, key, packing) : packNullProto(source, key, packing);
}

/** Packs an instance of something: of the language, of the platform, or of the user. */
function packInstance(source: object, prototype: object, tag: string, key: Key, packing: Packing): unknown {
  const name = tag === "Object" || tag === "EventTarget" ? classNameOf(prototype) : tag;
  if (Object.hasOwn(builtIns, tag)) {
    if (isBuiltIn(prototype, tag)) return builtIns[tag]?.(source as never, key, packing);
    throw packing.refuse(remedyFor(classNameOf(prototype), packing));
  }
  if (RpcTarget.is(source)) return packing.reference("target", source, key);
  if (isMoved(name, packing)) return packMoved(source, key, packing);
  const kind = referenceKindOf(source, tag);
  // Read by somebody else it would be found out later, by the other side.
  if (kind === "stream" && tag.endsWith("ableStream") && (source as ReadableStream).locked)
    throw packing.refuse(`a ${tag} that is locked; release its reader or writer first`);
  return kind ? packing.reference(kind, source, key) : packPlatformObject(source, name, key, packing);
}

/** What the language itself has, by tag. The brand is checked where each is read. */
const builtIns: Readonly<Record<string, (source: never, key: Key, packing: Packing) => unknown>> = {
  Array: packList,
  Map: packMap,
  Set: packSet,
  Date: packDate,
  RegExp: packRegExp,
  ArrayBuffer: packBytes,
  SharedArrayBuffer: packShared,
  Boolean: packBoxed,
  Number: packBoxed,
  String: packBoxed,
  BigInt: packBoxed,
  Symbol: packBoxed,
};
