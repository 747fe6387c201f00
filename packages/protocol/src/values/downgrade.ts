import { toBase64 } from "./base64.ts";
import { ValueKind } from "./kinds.ts";
import type { Packed } from "./packing.ts";
import { refusal, writePath } from "./refusal.ts";
import { setOwn } from "./reviving.ts";
import { resolveSlot, type Slot } from "./slots.ts";

/**
 * Turns a value that was packed for the json level with attachments into pure
 * JSON: bytes become base64. Changes the packed data in place and returns it anew.
 * Throws an RpcError INVALID_ARGUMENT for a platform object, which only a carrier
 * that clones takes; `root` is how paths in its message begin.
 */
export function downgrade(packed: Packed, root: string): Packed {
  if (packed.plain || !packed.table) return packed;
  const holder = { value: packed.data };
  const bytes: Slot[] = [];
  for (const entry of packed.table) {
    const [kind, path] = entry;
    if (kind === ValueKind.native || kind === ValueKind.file) {
      throw refusal(writePath(root, path), "the way to this peer takes no platform objects; send its content");
    }
    if (kind === ValueKind.bytes) bytes.push(resolveSlot(holder, entry));
  }
  for (const { container, key, data } of bytes) {
    if (typeof data !== "string") setOwn(container, key, toBase64(data as Uint8Array));
  }
  return { ...packed, data: holder.value, transfer: [], moved: false, plain: true };
}
