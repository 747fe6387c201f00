import type { Traits } from "@portolan/protocol";
import { cases } from "./all-cases.ts";
import { check, equal } from "./check.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import type { Connection } from "./connection.ts";
import { Kit } from "./kit.ts";
import { type Facts, missing } from "./needs.ts";

/** What {@link runConformance} runs. */
export interface ConformanceOptions {
  /** Makes a fresh connection; called at least once per case. */
  connect(): Connection | Promise<Connection>;
  /** What the near transport must say of itself. Default: anything. */
  readonly traits?: Partial<Traits>;
  /** Which cases: a name, a group, a pattern over `group: name`, or a choice. Default: all. */
  readonly only?: string | RegExp | ((each: ConformanceCase) => boolean);
  /** Milliseconds after which a case has failed; a busy machine needs many times what a quiet one does. Default 30 000. */
  readonly timeout?: number;
}

/** How one case went. */
export interface ConformanceResult {
  readonly name: string;
  readonly group: string;
  /** `"refused"`: the connection lacks what the case needs, and says so to its users as it should. */
  readonly outcome: "passed" | "failed" | "refused";
  /** What was missing. */
  readonly missing?: string;
  readonly error?: unknown;
  /** Milliseconds it took. */
  readonly ms: number;
}

/**
 * Holds a transport to every promise: runs the cases one after another, each over
 * a fresh connection, and tells how each went. Never throws for a failing case;
 * rejects with what `connect` throws when not even the first connection comes about.
 */
export async function runConformance(options: ConformanceOptions): Promise<readonly ConformanceResult[]> {
  const facts = await learn(options);
  const results: ConformanceResult[] = [];
  for (const each of chosen(options.only)) results.push(await runCase(each, options, facts));
  return results;
}

/** Runs one case over connections of its own. */
export async function runCase(
  each: ConformanceCase,
  options: ConformanceOptions,
  facts: Facts,
): Promise<ConformanceResult> {
  const started = performance.now();
  const lacking = missing(each.needs, facts);
  const kit = new Kit(() => options.connect(), facts);
  const { name, group } = each;
  const told = { name, group, ...(lacking !== undefined && { missing: lacking }) };
  const ms = () => Math.round((performance.now() - started) * 10) / 10;
  try {
    await inTime(lacking === undefined ? perform(each.run, kit) : perform(each.instead, kit), options.timeout);
    return { ...told, outcome: lacking === undefined ? "passed" : "refused", ms: ms() };
  } catch (error) {
    return { ...told, outcome: "failed", error, ms: ms() };
  } finally {
    await inTime(kit.end(), options.timeout).catch(() => {
      // The case has failed already, or will be found out by the next one's connect.
    });
  }
}

/** Finds out what a connection has. */
export async function learn(options: ConformanceOptions): Promise<Facts> {
  if (typeof options?.connect !== "function") {
    throw new TypeError("expected { connect }, a function that makes { near, far }");
  }
  const kit = new Kit(() => options.connect());
  try {
    const { remote, far, connection } = await kit.open();
    const { traits } = connection.near;
    const asked = remote.facts();
    const facts: Facts = {
      traits,
      far: await inTime(asked, options.timeout),
      farHere: far !== undefined,
      counts: connection.listeners !== undefined,
      asyncStacks: await namesAwaiters(),
    };
    for (const [trait, value] of Object.entries(options.traits ?? {})) {
      equal(traits[trait as keyof Traits], value, `trait ${trait}`);
    }
    return facts;
  } finally {
    await kit.end();
  }
}

/** The cases that were chosen. Throws a TypeError when that is none. */
export function chosen(only: ConformanceOptions["only"]): readonly ConformanceCase[] {
  const fits = (each: ConformanceCase): boolean => {
    if (only === undefined) return true;
    if (typeof only === "function") return only(each);
    if (typeof only === "string") return each.name === only || each.group === only;
    return only.test(`${each.group}: ${each.name}`);
  };
  const found = cases.filter(fits);
  if (found.length === 0) throw new TypeError(`no conformance case fits ${String(only)}`);
  return found;
}

async function perform(run: ((kit: Kit) => Promise<void>) | undefined, kit: Kit): Promise<void> {
  await run?.(kit);
  await kit.demandClean();
}

async function inTime<T>(work: Promise<T>, limit = 30_000): Promise<T> {
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing settled within ${limit} ms`)), limit);
  });
  check(limit > 0, "the time limit must be positive");
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function namesAwaiters(): Promise<boolean> {
  async function deep(): Promise<string> {
    await undefined;
    return new Error("looked at").stack ?? "";
  }
  async function awaiterOfDeep(): Promise<string> {
    // As results are awaited: through a `then` of theirs.
    // biome-ignore lint/suspicious/noThenProperty: the results of calls have one
    const result: PromiseLike<string> = { then: (...then) => deep().then(...then) };
    return await result;
  }
  return /awaiterOfDeep/.test(await awaiterOfDeep());
}
