import type { JsonSchema } from "./json-schema.ts";
import type { Comparing, Refusal } from "./refusal.ts";
import { boundsOf } from "./schema-bounds.ts";
import type { Shape } from "./schema-shapes.ts";

/** Why lists of one shape may be refused by another, item by item. */
export function itemRefusals(inner: Shape, outer: Shape, at: string, { within }: Comparing): readonly Refusal[] {
  const [mine, yours] = [firstOf(inner), firstOf(outer)];
  const { most } = boundsOf(inner).items;
  const places = Math.min(Math.max(mine.length, yours.length), most);
  const found = Array.from({ length: places }, (_, index) =>
    within(mine[index] ?? restOf(inner), yours[index] ?? restOf(outer), `${at}[${index}]`),
  ).flat();
  const further = "items" in outer && most > places ? within(restOf(inner), restOf(outer), `${at}[]`) : [];
  return [...found, ...further];
}

function firstOf({ prefixItems }: Shape): readonly JsonSchema[] {
  return Array.isArray(prefixItems) ? (prefixItems as readonly JsonSchema[]) : [];
}

function restOf(shape: Shape): JsonSchema {
  return (shape["items"] ?? true) as JsonSchema;
}
