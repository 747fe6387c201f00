import type { ContractDescription, ProcedureDescription, SchemaDescription } from "./description.ts";
import { textOf } from "./json-schema.ts";
import { refusals } from "./schema-within.ts";

/** One difference between two contracts. */
export interface ContractChange {
  /** The procedure, such as `users.get`. */
  readonly path: string;
  /**
   * `"breaking"`: callers that were built with the old contract may fail. `"unknown"`: nobody can tell, because of
   * what the schemas do not show. `"compatible"`: they will not notice.
   */
  readonly verdict: "breaking" | "unknown" | "compatible";
  /** A sentence without its subject, such as `input.id is required now`. */
  readonly text: string;
}

/**
 * What changed for callers from one contract to the next, by path.
 *
 * @param before the contract that they were built with, described by {@link describeContract}.
 * @param now the contract that will be served.
 */
export function diffContracts(before: ContractDescription, now: ContractDescription): readonly ContractChange[] {
  const paths = [...new Set([...Object.keys(before.procedures), ...Object.keys(now.procedures)])].sort();
  return paths.flatMap((path) => {
    const [old, fresh] = [before.procedures[path], now.procedures[path]];
    if (!old) return [{ path, verdict: "compatible" as const, text: "is new" }];
    if (!fresh) return [{ path, verdict: "breaking" as const, text: "is gone" }];
    return diffProcedures(old, fresh).map((change) => ({ path, ...change }));
  });
}

type Change = Omit<ContractChange, "path">;

function diffProcedures(before: ProcedureDescription, now: ProcedureDescription): readonly Change[] {
  const kind = diffKind(before, now);
  const plain = before.plain || now.plain ? [unknown("is a plain function: of it nothing but the path is known")] : [];
  // Of what is something else now, the rest says nothing.
  if (kind.some(({ verdict }) => verdict === "breaking") || plain.length > 0) return [...kind, ...plain];
  const results = now.kind === "stream" ? "items" : "output";
  return [
    ...kind,
    ...diffInput(before.input, now.input),
    ...diffGiven(results, before.output, now.output),
    ...diffGiven("the return value", before.returns, now.returns),
    ...diffErrors(before.errors ?? {}, now.errors ?? {}),
    ...(before.idempotent && !now.idempotent
      ? [breaking("is not idempotent any more: callers that were told so may still repeat it")]
      : []),
    ...(!before.idempotent && now.idempotent ? [compatible("is idempotent now")] : []),
  ];
}

function diffKind({ kind: before }: ProcedureDescription, { kind: now }: ProcedureDescription): readonly Change[] {
  if (before === now) return [];
  if (before && now) return [breaking(`is a ${now} now, was a ${before}`)];
  if (!now) return before === "stream" ? [unknown("was a stream; what it is now is not declared")] : [];
  return now === "stream" ? [unknown("is a stream now; what it was is not declared")] : [];
}

function diffInput(before: SchemaDescription | undefined, now: SchemaDescription | undefined): readonly Change[] {
  if (!now) return before ? [compatible("takes no input any more, and ignores it")] : [];
  if (!before) return [now.optional ? compatible("takes an input now") : breaking("input is required now")];
  const required = before.optional && !now.optional ? [breaking("input is required now")] : [];
  return [...required, ...diffSchemas("input", before, now, "sent")];
}

function diffGiven(
  name: string,
  before: SchemaDescription | undefined,
  now: SchemaDescription | undefined,
): readonly Change[] {
  if (!before) return now ? [compatible(`${name} is declared now`)] : [];
  if (!now) return [breaking(`${name} is not declared any more, and may be anything`)];
  const missing = now.optional && !before.optional ? [breaking(`${name} may be undefined now`)] : [];
  return [...missing, ...diffSchemas(name, before, now, "received")];
}

type Errors = NonNullable<ProcedureDescription["errors"]>;

function diffErrors(before: Errors, now: Errors): readonly Change[] {
  const gone = Object.keys(before).filter((code) => !Object.hasOwn(now, code));
  const added = Object.keys(now).filter((code) => !Object.hasOwn(before, code));
  const kept = Object.keys(before).filter((code) => Object.hasOwn(now, code));
  return [
    ...gone.map((code) => breaking(`error ${code} is not declared any more`)),
    ...kept.flatMap((code) => diffData(code, before[code] ?? undefined, now[code] ?? undefined)),
    ...added.map((code) => compatible(`error ${code} is new`)),
  ];
}

function diffData(
  code: string,
  before: SchemaDescription | undefined,
  now: SchemaDescription | undefined,
): readonly Change[] {
  return before && !now
    ? [breaking(`error ${code} has no data any more`)]
    : diffGiven(`error ${code}: data`, before, now);
}

function diffSchemas(
  name: string,
  before: SchemaDescription,
  now: SchemaDescription,
  direction: "sent" | "received",
): readonly Change[] {
  if (before.json === undefined || now.json === undefined) {
    const vendor = now.json === undefined ? now.vendor : before.vendor;
    return [unknown(`${name} cannot be compared: ${vendor ?? "its library"} shows no JSON Schema of it`)];
  }
  if (textOf(before.json) === textOf(now.json)) return [];
  const found = refusals(before.json, now.json, direction);
  if (found.length > 0) return found.map(({ at, text }) => breaking(`${name}${at} ${text}`));
  return [
    compatible(direction === "sent" ? `${name} takes more now` : `${name} gives less now, or fields that nobody knew`),
  ];
}

function breaking(text: string): Change {
  return { verdict: "breaking", text };
}

function unknown(text: string): Change {
  return { verdict: "unknown", text };
}

function compatible(text: string): Change {
  return { verdict: "compatible", text };
}
