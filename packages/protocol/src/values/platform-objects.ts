import type { Key } from "../message.ts";
import { ValueKind } from "./kinds.ts";
import { Meeting, type Packing } from "./packing.ts";
import { isPort, movableTags, platformWay } from "./platform.ts";
import { malformed } from "./refusal.ts";
import type { Reviver } from "./reviving.ts";

/**
 * Packs a platform object the way it crosses: cloned or moved by the carrier.
 * Everything else that is no plain data ends here, refused with a remedy.
 */
export function packPlatformObject(source: object, name: string, key: Key, packing: Packing): unknown {
  const way = platformWay(name);
  if (packing.moving > 0 && (way === "move" || movableTags.has(name)) && canMove(name, packing)) {
    packing.moved = true;
    packing.move(source);
    return native(source, source, key, packing);
  }
  if (way === undefined) throw packing.refuse(key, remedyFor(source, name));
  if (way === "move") throw packing.refuse(key, moveRemedy(name, packing));
  if (!packing.carriesNatives) throw packing.refuse(key, `a ${name} needs a carrier that clones; send its content`);
  if (name === "File") return packFile(source as File, key, packing);
  return native(source, way === "copy" ? structuredClone(source) : source, key, packing);
}

function native(source: object, out: object, key: Key, packing: Packing): unknown {
  packing.plain = false;
  packing.size += 64;
  packing.meet(source, key, out, Meeting.share);
  if (!packing.clone) packing.entry(ValueKind.native, key);
  return out;
}

function canMove(name: string, packing: Packing): boolean {
  return packing.canMoveAll || (packing.options.moves === "ports" && packing.carriesNatives && isPort(name));
}

function moveRemedy(name: string, packing: Packing): string {
  if (packing.moving > 0) return `a ${name} would have to be moved, which this transport cannot`;
  return `a ${name} crosses only by being moved; mark it with transfer()`;
}

/** Why an object is refused, and what to do instead. */
function remedyFor(source: object, name: string): string {
  if (Object.hasOwn(remedies, name)) return `a ${name}; ${remedies[name]}`;
  if (typeof (source as { nodeType?: unknown }).nodeType === "number") return `a ${name}; send what you need of it`;
  return instanceRemedy(name);
}

/** The remedy for an instance of a class that nobody registered. */
export function instanceRemedy(name: string): string {
  return `an instance of ${name === "" ? "an unnamed class" : name}; register its class with registerClass(), mark it with proxy() to pass it by reference, or spread it into a plain object`;
}

const remedies: Readonly<Record<string, string>> = {
  URL: "send its href",
  URLSearchParams: "send it as a string",
  Headers: "send its entries as an array",
  FormData: "send its entries as an array",
  Request: "send its parts",
  Response: "send its parts, such as its body",
  WeakMap: "it cannot be listed; send a Map",
  WeakSet: "it cannot be listed; send a Set",
  WeakRef: "send what it holds",
  Window: "send what you need of it",
  Event: "send the fields that you need",
};

/** The parts of a File, whose type the lower floors do not know. */
interface File {
  readonly name: string;
  readonly lastModified: number;
  readonly type: string;
}

/** Not every platform clones a File as a File (Node 20 makes it a Blob), so its name travels beside. */
function packFile(source: File, key: Key, packing: Packing): unknown {
  packing.plain = false;
  packing.size += 64;
  packing.meet(source, key, source);
  packing.entry(ValueKind.file, key, source.name, source.lastModified);
  return source;
}

export const nativeReviver: Reviver = { open: (data) => data };

type FileConstructor = new (parts: readonly unknown[], name: string, options: object) => object;

export const fileReviver: Reviver = {
  open(data, [name, lastModified]) {
    const tag = Object.prototype.toString.call(data);
    if (typeof name !== "string" || !Number.isFinite(lastModified)) throw malformed("a File needs its name and date");
    if (tag === "[object File]") return data;
    const create = (globalThis as { File?: FileConstructor }).File;
    if (tag !== "[object Blob]" || !create) throw malformed("a File needs a Blob, and a runtime that has Files");
    return new create([data], name, { type: (data as File).type, lastModified });
  },
};
