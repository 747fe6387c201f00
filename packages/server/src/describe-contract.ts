import { forbiddenNames, lazyMark, proxyNames, RpcTarget } from "@portolan/protocol";
import { contractHash } from "./contract-hash.ts";
import { type Definition, definitionOf } from "./definition.ts";
import { describeSchema } from "./describe-schema.ts";
import type { ContractDescription, ProcedureDescription, SchemaDescription } from "./description.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";

type Found = [path: string, procedure: ProcedureDescription];

/**
 * Says in plain JSON what callers see of a contract or of a router: keep it in a file, and compare the next release with
 * it ({@link diffContracts}, or `npx portolan diff`). Lazy branches are loaded. Of plain functions only the path is known.
 *
 * Rejects with a TypeError for what is neither; with what a lazy branch throws.
 */
export async function describeContract(described: object): Promise<ContractDescription> {
  if (typeof described !== "object" || described === null || Array.isArray(described))
    throw new TypeError("expected a contract or a router");
  const found = await describePart(described, [], new Set());
  const procedures = Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  return { portolan: 1, hash: contractHash(procedures), procedures };
}

async function describePart(part: unknown, path: readonly string[], above: ReadonlySet<unknown>): Promise<Found[]> {
  const definition = definitionOf(part);
  if (definition) return [[nameOf(path), await describeProcedure(definition)]];
  if (typeof part === "function") return [[nameOf(path), { plain: true, ...(isGenerator(part) && streams) }]];
  if (typeof part !== "object" || part === null || above.has(part)) return [];
  const load = (part as { readonly [lazyMark]?: () => Promise<object> })[lazyMark];
  if (load) return describePart(await load(), path, above);
  const inside = new Set(above).add(part);
  const found: Found[] = [];
  for (const [name, member] of membersOf(part)) found.push(...(await describePart(member, [...path, name], inside)));
  return found;
}

const streams = { kind: "stream" } as const;

async function describeProcedure(definition: Definition): Promise<ProcedureDescription> {
  const { steps, output, yields, errors, idempotent, streams: generates } = definition;
  const input = steps.find((step) => step.kind === "input");
  const codes = await Promise.all(Object.entries(errors).map(describeError));
  return {
    ...(output && { kind: "call" as const }),
    ...((yields || generates) && streams),
    ...(input?.kind === "input" && { input: await describeSchema(input.schema, "input") }),
    ...(output && { output: await describeSchema(output, "output") }),
    ...(yields && { output: await describeSchema(yields.item, "output") }),
    ...(yields?.returns && { returns: await describeSchema(yields.returns, "output") }),
    ...(codes.length > 0 && { errors: Object.fromEntries(codes.sort(([a], [b]) => (a < b ? -1 : 1))) }),
    ...(idempotent && { idempotent }),
  };
}

async function describeError([code, schema]: [string, unknown]): Promise<[string, SchemaDescription | null]> {
  return [code, schema === null ? null : await describeSchema(schema as StandardSchemaV1, "output")];
}

/** What of a branch a peer can reach. */
function membersOf(part: object): readonly (readonly [string, unknown])[] {
  if (RpcTarget.is(part)) return methodsOf(part);
  const names = proxyNames(part);
  if (names && names !== true) return names.map((name) => [name, (part as Record<string, unknown>)[name]]);
  return Object.entries(part).filter(([, member]) => names !== true || typeof member === "function");
}

/** Methods on prototypes below that of every RpcTarget; see {@link RpcTarget}. */
function methodsOf(target: object): readonly (readonly [string, unknown])[] {
  const methods = new Map<string, unknown>();
  let prototype: object | null = Object.getPrototypeOf(target);
  while (prototype !== null && RpcTarget.is(Object.getPrototypeOf(prototype))) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const shown = typeof value === "function" && !name.startsWith("_") && !forbiddenNames.has(name);
      if (shown && !methods.has(name)) methods.set(name, value);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return [...methods];
}

/** `users.get`; names that are none of a program's are quoted, so that no two paths look alike. */
function nameOf(path: readonly string[]): string {
  return path.map((name) => (/^[\w$-]+$/.test(name) ? name : JSON.stringify(name))).join(".");
}

function isGenerator(run: object): boolean {
  return Object.prototype.toString.call(run) === "[object AsyncGeneratorFunction]";
}
