import { targetMark } from "../marks.ts";
import type { Key } from "../message.ts";
import { proxyNames } from "../proxy-mark.ts";
import { classOfPrototype } from "../register-class.ts";
import { isArrayPrototype, isBuiltInPrototype, isObjectPrototype, tagOf } from "./brands.ts";
import { packBuffer, packShared, packView } from "./bytes.ts";
import { packInstance } from "./classes.ts";
import { packMap, packSet } from "./collections.ts";
import { packError } from "./errors.ts";
import { packList } from "./lists.ts";
import type { Packing } from "./packing.ts";
import { platformNameOf } from "./platform.ts";
import { instanceRemedy, packPlatformObject } from "./platform-objects.ts";
import { isThenableRecord, packNullProto, packRecord } from "./records.ts";
import { packReference, referenceKindOf } from "./references.ts";
import { packBoxed, packDate, packRegExp } from "./wrappers.ts";

/** Packs an object met for the first time: finds out what it is, by brand. */
export function packObject(source: object, key: Key, packing: Packing): unknown {
  if (proxyNames(source) !== undefined) return packReference("target", source, key, packing);
  const prototype: object | null = Object.getPrototypeOf(source);
  if (Array.isArray(source)) return packArray(source, prototype, key, packing);
  if (prototype === Object.prototype) return packPlain(source, key, packing);
  const registered = prototype && classOfPrototype(prototype);
  if (registered) return packInstance(source, registered, key, packing);
  if (prototype === null || isObjectPrototype(prototype)) return packPlain(source, key, packing);
  if ((source as Record<symbol, unknown>)[targetMark] === true) return packReference("target", source, key, packing);
  if (ArrayBuffer.isView(source)) return packView(source, key, packing);
  return packTagged(source, prototype, key, packing);
}

function packArray(source: readonly unknown[], prototype: object | null, key: Key, packing: Packing): unknown {
  if (isArrayPrototype(prototype)) return packList(source, key, packing);
  const registered = prototype && classOfPrototype(prototype);
  if (registered) return packInstance(source, registered, key, packing);
  throw packing.refuse(key, "an array of a class of its own; spread it into a plain array, or register its class");
}

function packPlain(source: object, key: Key, packing: Packing): unknown {
  const tag = tagOf(source);
  if (tag === "Error") return packError(source as Error, key, packing);
  if (tag !== "Object") throw packing.refuse(key, `a thing that calls itself ${tag}; spread it into a plain object`);
  if (isThenableRecord(source)) return packReference("promise", source, key, packing);
  if (Symbol.asyncIterator in source) return packReference("stream", source, key, packing);
  return Object.getPrototypeOf(source) === null
    ? packNullProto(source, key, packing)
    : packRecord(source, key, packing);
}

function packTagged(source: object, prototype: object, key: Key, packing: Packing): unknown {
  const tag = tagOf(source);
  if (tag === "Error" || tag === "DOMException") return packError(source as Error, key, packing);
  const pack = Object.hasOwn(builtIns, tag) ? builtIns[tag] : undefined;
  if (pack) {
    if (isBuiltInPrototype(prototype, tag)) return pack(source as never, key, packing);
    throw packing.refuse(key, instanceRemedy(platformNameOf(source, "Object")));
  }
  const name = platformNameOf(source, tag);
  const moved = packing.moving > 0 && (tag === "ReadableStream" || tag === "WritableStream") && packing.canMoveAll;
  const kind = moved ? undefined : referenceKindOf(source, name);
  return kind ? packReference(kind, source, key, packing) : packPlatformObject(source, name, key, packing);
}

/** What the language itself has, by tag. The brand is checked where each is read. */
const builtIns: Readonly<Record<string, (source: never, key: Key, packing: Packing) => unknown>> = {
  Map: packMap,
  Set: packSet,
  Date: packDate,
  RegExp: packRegExp,
  ArrayBuffer: packBuffer,
  SharedArrayBuffer: packShared,
  Boolean: packBoxed,
  Number: packBoxed,
  String: packBoxed,
  BigInt: packBoxed,
  Symbol: packBoxed,
};
