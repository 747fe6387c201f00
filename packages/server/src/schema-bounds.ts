import { type Comparing, changed, type Refusal } from "./refusal.ts";
import type { Shape } from "./schema-shapes.ts";

/** From where to where; what is not bounded goes on for ever. */
interface Bound {
  readonly least: number;
  readonly most: number;
  /** The ends themselves are out. */
  readonly above?: boolean;
  readonly below?: boolean;
}

const words = { value: "value", length: "length", items: "number of items", fields: "number of fields" } as const;

/** The bounds of a shape; those of a single value are the value's own. */
export function boundsOf(shape: Shape): Readonly<Record<keyof typeof words, Bound>> {
  const value = shape["const"];
  const length = typeof value === "string" ? [...value].length : undefined;
  return {
    value: typeof value === "number" ? { least: value, most: value } : valuesOf(shape),
    length: length === undefined ? sizesOf(shape, "Length") : { least: length, most: length },
    items: sizesOf(shape, "Items"),
    fields: sizesOf(shape, "Properties"),
  };
}

/** What of `outer` is too narrow for `inner`. */
export function boundRefusals(inner: Shape, outer: Shape, at: string, comparing: Comparing): readonly Refusal[] {
  const [mine, yours] = [boundsOf(inner), boundsOf(outer)];
  const kinds = Object.keys(words) as (keyof typeof words)[];
  return [
    ...kinds.flatMap((kind) => narrower(mine[kind], yours[kind], words[kind], at, comparing)),
    ...steps(inner, outer, at, comparing),
  ];
}

function narrower(mine: Bound, yours: Bound, word: string, at: string, comparing: Comparing): readonly Refusal[] {
  const low = mine.least < yours.least || (mine.least === yours.least && yours.above === true && !mine.above);
  const high = mine.most > yours.most || (mine.most === yours.most && yours.below === true && !mine.below);
  return [
    ...(low
      ? [changed(comparing, `least ${word}`, end(mine.least, mine.above), end(yours.least, yours.above), at)]
      : []),
    ...(high
      ? [changed(comparing, `largest ${word}`, end(mine.most, mine.below), end(yours.most, yours.below), at)]
      : []),
  ];
}

function end(at: number, excluded: boolean | undefined): string {
  if (!Number.isFinite(at)) return "none";
  return excluded ? `${at} (excluded)` : String(at);
}

function valuesOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Shape): Bound {
  const [least, most] = [numberOr(minimum, Number.NEGATIVE_INFINITY), numberOr(maximum, Number.POSITIVE_INFINITY)];
  const [over, under] = [
    numberOr(exclusiveMinimum, Number.NEGATIVE_INFINITY),
    numberOr(exclusiveMaximum, Number.POSITIVE_INFINITY),
  ];
  return {
    least: Math.max(least, over),
    most: Math.min(most, under),
    above: Number.isFinite(over) && over >= least,
    below: Number.isFinite(under) && under <= most,
  };
}

function sizesOf(shape: Shape, of: string): Bound {
  return { least: numberOr(shape[`min${of}`], 0), most: numberOr(shape[`max${of}`], Number.POSITIVE_INFINITY) };
}

function steps(inner: Shape, outer: Shape, at: string, comparing: Comparing): readonly Refusal[] {
  const [mine, yours] = [inner["const"] ?? inner["multipleOf"], outer["multipleOf"]];
  if (typeof yours !== "number" || (typeof mine === "number" && Number.isInteger(mine / yours))) return [];
  return [changed(comparing, "step", typeof mine === "number" ? String(mine) : "none", String(yours), at)];
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
