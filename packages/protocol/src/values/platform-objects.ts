import type { Key } from "../message.ts";
import { tagOf } from "./brands.ts";
import { packNative } from "./bytes.ts";
import type { Packing } from "./packing.ts";

/** What platforms move, by class name. */
export const movable: RegExp =
  /^(MessagePort(Main)?|OffscreenCanvas|(Readable|Writable|Transform)Stream|MediaSourceHandle|MediaStreamTrack|RTCDataChannel|ImageBitmap|VideoFrame|AudioData|FileHandle)$/;

/** Whether `transfer()` marked a thing that this carrier can move. */
export function isMoved(name: string, packing: Packing): boolean {
  if (packing.moving === 0 || !movable.test(name)) return false;
  return packing.movesAll || (packing.natives && packing.options.moves === "ports" && name.startsWith("MessagePort"));
}

/** Packs what the carrier is to move. */
export function packMoved(source: object, key: Key, packing: Packing): unknown {
  packing.moved = true;
  packing.move(source);
  return packNative(source, source, key, packing);
}

/**
 * Packs a platform object that the carrier clones: a Blob, a CryptoKey, a DOMRect …
 * Which ones it does is asked of structured clone itself, and a clone that has
 * become something else does not count (Node 20 makes `{}` of a URL, and a Blob of
 * a File). What remains is refused.
 */
export function packPlatformObject(source: object, name: string, key: Key, packing: Packing): unknown {
  const copy = cloneOf(source);
  if (!copy) throw packing.refuse(remedyFor(name, packing));
  packing.needsClone(`a ${name}`);
  if (packing.options.platformObjects === false) {
    throw packing.refuse(`a ${name} ${lostOnTheWay}`);
  }
  // Those with a `close` hold memory of the platform, so the copy goes at once. Others may change until they are sent.
  if (typeof copy.close !== "function") return packNative(source, copy, key, packing);
  copy.close();
  return packNative(source, source, key, packing);
}

/** Why platform objects are refused where the way loses them. */
export const lostOnTheWay = "cannot pass through Electron's main process; send what it holds";

function cloneOf(source: object): { close?: () => void } | undefined {
  const tag = tagOf(source);
  if (tag === "Object") return undefined;
  try {
    const copy: object = structuredClone(source);
    return tagOf(copy) === tag ? copy : undefined;
  } catch {
    return undefined;
  }
}

/** What an object is that does not cross, and what to do instead. */
export function remedyFor(name: string, packing: Packing): string {
  if (!movable.test(name)) {
    return `an instance of ${name || "a class"}; send what you need of it as plain data (spread it), register its class with registerClass(), or pass it by reference with proxy()`;
  }
  return packing.moving > 0
    ? `this transport cannot move a ${name}`
    : `a ${name} has to be moved; mark it with transfer()`;
}
