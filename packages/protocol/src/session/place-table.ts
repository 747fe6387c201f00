import type { TableEntry } from "../message.ts";
import { ValueKind } from "../values/kinds.ts";

/** Puts one item's table entries under its index in the batch; a `ref` holds a second path. */
export function placeTable(table: readonly TableEntry[], index: number): readonly TableEntry[] {
  return table.map(([kind, path, ...rest]): TableEntry => {
    const placed = [index, ...path];
    return kind === ValueKind.ref
      ? [kind, placed, [index, ...(rest[0] as readonly (string | number)[])]]
      : [kind, placed, ...rest];
  });
}
