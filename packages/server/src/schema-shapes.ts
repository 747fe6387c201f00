import { isObject, type JsonSchema, resolveReference, textOf } from "./json-schema.ts";

/** A schema without references, unions, or lists of types or values: one shape of value. */
export type Shape = Readonly<Record<string, unknown>>;

/** References lead to references only so far. */
const deepest = 32;

/** The shapes that a schema allows: none for `false`, one empty one for anything. */
export function shapesOf(schema: JsonSchema, root: JsonSchema, depth: number = 0): readonly Shape[] {
  if (schema === false) return [];
  if (schema === true || depth > deepest) return [{}];
  const { $ref, anyOf, oneOf, allOf, enum: values, type, ...rest } = schema;
  // How libraries write "nothing".
  if (rest["not"] === true || textOf(rest["not"]) === "{}") return [];
  const spread = (parts: readonly JsonSchema[], kept: Shape): readonly Shape[] =>
    parts.flatMap((part) => shapesOf(part, root, depth + 1)).map((shape) => merged(kept, shape));
  if (typeof $ref === "string") {
    const found = resolveReference(root, $ref);
    const { $ref: _, ...others } = schema;
    return spread([found ?? { "~reference": $ref }], others);
  }
  const union = listOf(anyOf) ?? listOf(oneOf);
  if (union)
    return spread(union, without(schema, listOf(anyOf) ? "anyOf" : "oneOf")).flatMap((it) => again(it, root, depth));
  const all = listOf(allOf);
  if (all) return together(all, without(schema, "allOf"), root, depth);
  if (Array.isArray(values)) return values.map((value) => ({ ...rest, const: value, type: typeOf(value) }));
  if (Array.isArray(type)) return type.map((each) => ({ ...forType(rest, each), type: each }));
  if ("const" in rest) return [{ ...rest, type: typeOf(rest["const"]) }];
  return [type === undefined ? rest : { ...rest, type: isWhole(schema) ? "integer" : type }];
}

/** Multiples of a whole number are whole, whatever the library calls them. */
function isWhole({ type, multipleOf }: Shape): boolean {
  return type === "number" && Number.isInteger(multipleOf);
}

/** The JSON type of a value. */
export function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

function again(shape: Shape, root: JsonSchema, depth: number): readonly Shape[] {
  return "oneOf" in shape || "allOf" in shape || Array.isArray(shape["type"])
    ? shapesOf(shape, root, depth + 1)
    : [shape];
}

function together(all: readonly JsonSchema[], rest: Shape, root: JsonSchema, depth: number): readonly Shape[] {
  return all.reduce<readonly Shape[]>(
    (shapes, part) => {
      const more = shapesOf(part, root, depth + 1);
      return shapes.flatMap((shape) => more.map((other) => merged(shape, other)));
    },
    shapesOf(rest, root, depth + 1),
  );
}

/** What both say. What they say differently of one thing is kept side by side, and can only be compared as a whole. */
function merged(a: Shape, b: Shape): Shape {
  const result: Record<string, unknown> = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const known = result[keyword];
    if (known === undefined || textOf(known) === textOf(value)) result[keyword] = value;
    else if (keyword === "properties" && isObject(known) && isObject(value)) result[keyword] = merged(known, value);
    else if (keyword === "required" && Array.isArray(known) && Array.isArray(value))
      result[keyword] = [...new Set([...known, ...value])];
    else result[`~${keyword}`] = [known, value].map(textOf).sort();
  }
  return result;
}

function without(schema: Shape, keyword: string): Shape {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== keyword));
}

function listOf(value: unknown): readonly JsonSchema[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Bounds of a string mean nothing to a number of the same list of types. */
function forType(rest: Shape, type: unknown): Shape {
  const foreign = Object.entries(keywordsOf).flatMap(([of, keywords]) => (of === numberLike(type) ? [] : keywords));
  return Object.fromEntries(Object.entries(rest).filter(([keyword]) => !foreign.includes(keyword)));
}

function numberLike(type: unknown): unknown {
  return type === "integer" ? "number" : type;
}

const keywordsOf: Readonly<Record<string, readonly string[]>> = {
  string: ["minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  array: ["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"],
  object: [
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "patternProperties",
    "minProperties",
    "maxProperties",
  ],
};
