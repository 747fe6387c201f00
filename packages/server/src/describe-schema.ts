import type { SchemaDescription } from "./description.ts";
import { canonicalSchema, isObject, type JsonSchema } from "./json-schema.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";

/** Which side of a schema: what it takes, or what it makes of that. */
export type SchemaSide = "input" | "output";

/**
 * Describes a schema of any library: by the JSON Schema that it shows (as Standard JSON Schema says,
 * https://standardschema.dev/json-schema, or by a `toJSONSchema` or `toJsonSchema` method), and whether it takes `undefined`, by trying.
 */
export async function describeSchema(schema: StandardSchemaV1, side: SchemaSide): Promise<SchemaDescription> {
  const shown = showJsonSchema(schema, side);
  const { vendor } = schema["~standard"];
  return {
    ...(shown === undefined ? { vendor } : { json: canonicalSchema(shown) }),
    ...((await takesNothing(schema, side)) && { optional: true }),
  };
}

interface Converter {
  readonly jsonSchema?: { readonly [side in SchemaSide]?: (options: object) => unknown };
}

/** Undefined where the library shows none of this schema. */
function showJsonSchema(schema: StandardSchemaV1, side: SchemaSide): JsonSchema | undefined {
  const { vendor, jsonSchema } = schema["~standard"] as StandardSchemaV1["~standard"] & Converter;
  const methods = schema as { toJSONSchema?(options: object): unknown; toJsonSchema?(options: object): unknown };
  const options = { target: "draft-2020-12", ...(lenient[vendor] && { libraryOptions: lenient[vendor] }) };
  const ways = [
    () => jsonSchema?.[side]?.(options),
    () => methods.toJSONSchema?.({ ...lenient[vendor], io: side }),
    // Makes no difference between the sides.
    () => (side === "input" ? methods.toJsonSchema?.({ ...lenient[vendor] }) : undefined),
  ];
  for (const way of ways) {
    const shown = attempt(way);
    if (typeof shown === "boolean" || isObject(shown)) return JSON.parse(JSON.stringify(shown)) as JsonSchema;
  }
  return undefined;
}

function attempt(way: () => unknown): unknown {
  try {
    return way();
  } catch {
    // It holds what JSON Schema has no words for: the next way, or none.
    return undefined;
  }
}

/** What JSON Schema cannot say (dates, maps, bigints …) becomes a type of that name, so that a change of it shows. */
const lenient: Readonly<Record<string, object>> = {
  zod: { unrepresentable: "any", override: nameZodType },
  arktype: { fallback: nameArkType },
  valibot: { errorMode: "ignore", overrideSchema: nameValibotType },
};

function nameZodType(context: { zodSchema: unknown; jsonSchema: Record<string, unknown> }): void {
  const { def } = (context.zodSchema as { readonly _zod: { readonly def: { readonly type: string } } })._zod;
  const silent = !knownToZod.has(def.type) && Object.keys(context.jsonSchema).length === 0;
  if (silent) context.jsonSchema["type"] = def.type;
}

/** Types of zod that mean "anything", or that wrap another one. */
const knownToZod: ReadonlySet<string> = new Set([
  ...["any", "unknown", "optional", "nonoptional", "nullable", "default", "prefault", "catch", "readonly", "pipe"],
  ...["lazy", "success", "promise", "union", "intersection"],
]);

interface ValibotContext {
  readonly valibotSchema: { readonly type: string };
  readonly errors?: readonly unknown[];
}

/** Undefined keeps what the library says. */
function nameValibotType({ valibotSchema, errors = [] }: ValibotContext): object | undefined {
  return errors.length > 0 ? { type: valibotSchema.type } : undefined;
}

interface ArkFallback {
  readonly code: string;
  readonly base: Readonly<Record<string, unknown>>;
  readonly domain?: unknown;
  readonly proto?: unknown;
  readonly unit?: unknown;
}

function nameArkType({ code, base, domain, proto, unit }: ArkFallback): object {
  if (code === "domain" || code === "date") return { ...base, type: domain ?? "date" };
  if (typeof proto === "function") return { ...base, type: proto.name };
  // A morph or a predicate takes what its base says.
  return code === "unit" ? { ...base, type: String(unit) } : base;
}

/** For a caller's input: may be left out. For what a caller gets: may be missing, after defaults. */
async function takesNothing(schema: StandardSchemaV1, side: SchemaSide): Promise<boolean> {
  try {
    const result = await schema["~standard"].validate(undefined);
    return result.issues === undefined && (side === "input" || result.value === undefined);
  } catch {
    // A schema that breaks at it does not take it.
    return false;
  }
}
