import type { Kit } from "./kit.ts";
import type { Need } from "./needs.ts";

/** One promise that every adapter is held to. */
export interface ConformanceCase {
  readonly group: string;
  /** A sentence: what must be so. */
  readonly name: string;
  /** What the connection must have for the case to make sense. */
  readonly needs?: readonly Need[];
  run(kit: Kit): Promise<void>;
  /** What a user gets where a need is missing: a typed refusal, checked in place of the case. */
  instead?(kit: Kit): Promise<void>;
}

/** Gives the cases of a file their group. */
export function group(name: string, cases: readonly Omit<ConformanceCase, "group">[]): readonly ConformanceCase[] {
  return cases.map((each) => ({ group: name, ...each }));
}
