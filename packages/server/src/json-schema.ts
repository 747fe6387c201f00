/** A JSON Schema (https://json-schema.org/draft/2020-12), or what is left of one. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** What tells people about a value and nothing about which values there are. */
const annotations: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$comment",
  "$defs",
  "definitions",
  "title",
  "description",
  "examples",
  "default",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

/** Keywords that hold schemas by name, in a list, or one. */
const named: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependentSchemas"]);
const listed: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const single: ReadonlySet<string> = new Set([
  "items",
  "additionalProperties",
  "propertyNames",
  "not",
  "contains",
  "if",
  "then",
  "else",
  "unevaluatedItems",
  "unevaluatedProperties",
]);
/** Lists whose order means nothing. */
const sets: ReadonlySet<string> = new Set(["required", "enum", "type"]);

/**
 * The same schema in one form: without annotations, keys and sets in order. Two that are written alike are equal as
 * text then, however their libraries order them. The definitions stay, at the root.
 */
export function canonicalSchema(schema: unknown): JsonSchema {
  const plain = canonical(schema);
  if (typeof plain === "boolean" || !isObject(schema)) return plain;
  const definitions = { ...asObject(schema["definitions"]), ...asObject(schema["$defs"]) };
  return Object.keys(definitions).length === 0 ? plain : sorted({ ...plain, $defs: mapValues(definitions, canonical) });
}

/** Values in one form, as text, for comparing. */
export function textOf(value: unknown): string {
  return JSON.stringify(ordered(value)) ?? "undefined";
}

/** What a `$ref` into the root leads to; undefined for one that leads nowhere, or elsewhere. */
export function resolveReference(root: JsonSchema, reference: string): JsonSchema | undefined {
  if (!reference.startsWith("#")) return undefined;
  const segments = reference.slice(1).split("/").slice(1);
  const keys = segments.map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"));
  let at: unknown = root;
  for (const key of keys[0] === "definitions" ? ["$defs", ...keys.slice(1)] : keys) {
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : Array.isArray(at) ? at[Number(key)] : undefined;
  }
  return typeof at === "boolean" || isObject(at) ? at : undefined;
}

/** True for an object that is no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function canonical(schema: unknown): JsonSchema {
  if (typeof schema === "boolean") return schema;
  if (!isObject(schema)) return true;
  const kept = Object.entries(schema).filter(
    ([keyword, value]) => !annotations.has(keyword) && !saysNothing(keyword, value),
  );
  return sorted(Object.fromEntries(kept.map(([keyword, value]) => [keyword, canonicalValue(keyword, value)])));
}

/** Names are texts. */
function saysNothing(keyword: string, value: unknown): boolean {
  return keyword === "propertyNames" && textOf(value) === '{"type":"string"}';
}

function canonicalValue(keyword: string, value: unknown): unknown {
  if (named.has(keyword) && isObject(value)) return mapValues(value, canonical);
  if (listed.has(keyword) && Array.isArray(value)) return value.map(canonical);
  if (single.has(keyword)) return canonical(value);
  if (sets.has(keyword) && Array.isArray(value)) return value.map(ordered).sort(byText);
  return ordered(value);
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  return isObject(value) ? sorted(mapValues(value, ordered)) : value;
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, map: (value: T) => R): Readonly<Record<string, R>> {
  return sorted(Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)])));
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function byText(a: unknown, b: unknown): number {
  return textOf(a) < textOf(b) ? -1 : 1;
}
