import type { JsonSchema } from "./json-schema.ts";

/** Why values of one schema may be refused by another. */
export interface Refusal {
  /** Where in the value: `.user.id`, `[]` for items, empty for the value itself. */
  readonly at: string;
  /** What is so now, as an end of a sentence. */
  readonly text: string;
}

/** How two schemas are compared, as their parts need it. */
export interface Comparing {
  /** Callers give the values: old ones must do for the new schema. Else they get them: new ones must do for the old one. */
  readonly sent: boolean;
  /** Why values of `inner` may be refused by `outer`. */
  within(inner: JsonSchema, outer: JsonSchema, at: string): readonly Refusal[];
}

/** What is refused where, said from the side of the caller. */
export function refused({ sent }: Comparing, what: string, at: string): Refusal {
  return { at, text: sent ? `refuses ${what} now` : `may be ${what} now` };
}

/** Two words for one thing: the inner side's and the outer's, of which one is the old. */
export function changed({ sent }: Comparing, name: string, inner: string, outer: string, at: string): Refusal {
  const [before, now] = sent ? [inner, outer] : [outer, inner];
  return { at, text: `has ${now} as its ${name} now, had ${before}` };
}
