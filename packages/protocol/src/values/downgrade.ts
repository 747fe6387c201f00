import { toBase64 } from "./base64.ts";
import { ValueKind } from "./kinds.ts";
import type { Packed } from "./packing.ts";
import { refuse, writePath } from "./refusal.ts";
import { setOwn } from "./reviving.ts";
import { resolveSlot } from "./slots.ts";

/**
 * Turns a value that was packed for the json level with attachments into pure
 * JSON: bytes become base64. Changes the packed data in place and returns it anew.
 * Throws an RpcError INVALID_ARGUMENT for what only a carrier that clones takes;
 * `name` is how the path in its message begins.
 */
export function downgrade(packed: Packed, name: string = "value"): Packed {
  refuseAttachments({ ...packed, transfer: [] }, name, "the way to this peer does not clone");
  const root = { value: packed.data };
  const slots = (packed.table ?? []).map((entry) => resolveSlot(root, entry));
  for (const { kind, container, key, data } of slots) {
    if (kind === ValueKind.bytes) setOwn(container, key, toBase64(data as Uint8Array));
  }
  return { ...packed, data: root.value, transfer: [], moved: false, plain: true };
}

/** Throws an RpcError INVALID_ARGUMENT that says `why` for the first thing that would be cloned as it is, and is not moved. */
export function refuseAttachments({ data, table, transfer }: Packed, name: string, why: string): void {
  for (const entry of table ?? []) {
    const [kind, path] = entry;
    if (kind !== ValueKind.native || transfer.includes(resolveSlot({ value: data }, entry).data as object)) continue;
    throw refuse("INVALID_ARGUMENT", `${writePath(name, path)} cannot cross: ${why}`);
  }
}
