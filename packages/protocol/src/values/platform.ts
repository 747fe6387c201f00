import { classNameOf } from "./brands.ts";

/**
 * What platforms clone or move, by class name, as told by the tag (or by the
 * constructor where the platform gives no tag, as Node 20 does for ports).
 * Structured clone is the judge in the end: what it refuses, only that call fails.
 */

/** Immutable, or copied by the platform when it is posted: they go as they are. */
const clonedTags: ReadonlySet<string> = new Set([
  "Blob",
  "File",
  "FileList",
  "ImageBitmap",
  "CryptoKey",
  "KeyObject",
  "FileSystemHandle",
  "FileSystemFileHandle",
  "FileSystemDirectoryHandle",
  "WebAssembly.Module",
  "RTCCertificate",
  "VideoFrame",
  "AudioData",
  "EncodedVideoChunk",
  "EncodedAudioChunk",
  "RTCEncodedVideoFrame",
  "RTCEncodedAudioFrame",
  "CropTarget",
  "RestrictionTarget",
  "FencedFrameConfig",
  "GPUCompilationMessage",
]);

/** Can change until they are posted, so they are cloned when they are handed over. */
const copiedTags: ReadonlySet<string> = new Set([
  "ImageData",
  "DOMRect",
  "DOMRectReadOnly",
  "DOMPoint",
  "DOMPointReadOnly",
  "DOMQuad",
  "DOMMatrix",
  "DOMMatrixReadOnly",
]);

/** Cross only by being moved. */
const movedOnlyTags: ReadonlySet<string> = new Set([
  "MessagePort",
  "MessagePortMain",
  "OffscreenCanvas",
  "TransformStream",
  "MediaSourceHandle",
  "MediaStreamTrack",
  "RTCDataChannel",
  "FileHandle",
]);

/** Cross in another way too, but can be moved. */
export const movableTags: ReadonlySet<string> = new Set([
  "ReadableStream",
  "WritableStream",
  "ImageBitmap",
  "VideoFrame",
  "AudioData",
]);

const ports: ReadonlySet<string> = new Set(["MessagePort", "MessagePortMain"]);

/** The class of a platform object: its tag, or its constructor's name where the tag says nothing. */
export function platformNameOf(value: object, tag: string): string {
  return tag === "Object" || tag === "EventTarget" ? classNameOf(value) : tag;
}

/** How a platform object crosses on a carrier that clones; `undefined` for what does not. */
export function platformWay(name: string): "clone" | "copy" | "move" | undefined {
  if (clonedTags.has(name)) return "clone";
  if (copiedTags.has(name)) return "copy";
  return movedOnlyTags.has(name) ? "move" : undefined;
}

/** True for platform objects that cross only by being moved. */
export function isMovableOnly(value: object, tag: string): boolean {
  return movedOnlyTags.has(platformNameOf(value, tag));
}

/** True for what a carrier that moves only ports can move. */
export function isPort(name: string): boolean {
  return ports.has(name);
}
