import { fieldRefusals } from "./field-refusals.ts";
import { itemRefusals } from "./item-refusals.ts";
import { type JsonSchema, textOf } from "./json-schema.ts";
import { type Comparing, changed, type Refusal, refused } from "./refusal.ts";
import { boundRefusals } from "./schema-bounds.ts";
import { type Shape, shapesOf } from "./schema-shapes.ts";

/**
 * Why values that the old schema allows are refused by the new one (`"sent"`, what callers give), or why values of the new
 * one are unknown to the old one (`"received"`, what they get). None when there is no such value, as far as can be told.
 */
export function refusals(before: JsonSchema, now: JsonSchema, direction: "sent" | "received"): readonly Refusal[] {
  const sent = direction === "sent";
  const [inner, outer] = sent ? [before, now] : [now, before];
  const found = new Comparison(inner, outer, sent).within(inner, outer, "");
  return found.filter(({ at, text }, index) => found.findIndex((it) => it.at === at && it.text === text) === index);
}

class Comparison implements Comparing {
  readonly sent: boolean;
  readonly #inner: JsonSchema;
  readonly #outer: JsonSchema;
  /** Schemas may lead back to themselves: a pair that is being compared is taken for equal meanwhile. */
  readonly #known = new Map<JsonSchema, Map<JsonSchema, readonly Refusal[]>>();

  constructor(inner: JsonSchema, outer: JsonSchema, sent: boolean) {
    this.sent = sent;
    this.#inner = inner;
    this.#outer = outer;
  }

  readonly within = (inner: JsonSchema, outer: JsonSchema, at: string): readonly Refusal[] => {
    const known = this.#known.get(inner) ?? new Map<JsonSchema, readonly Refusal[]>();
    this.#known.set(inner, known);
    if (!known.has(outer)) {
      known.set(outer, []);
      const shapes = shapesOf(outer, this.#outer);
      known.set(
        outer,
        shapesOf(inner, this.#inner).flatMap((shape) => this.#withinAny(shape, shapes)),
      );
    }
    return (known.get(outer) ?? []).map((refusal) => ({ ...refusal, at: at + refusal.at }));
  };

  #withinAny(inner: Shape, outer: readonly Shape[]): readonly Refusal[] {
    const likely = outer.filter((shape) => takesType(inner, shape));
    if (likely.length === 0) return [refused(this, nameOf(inner, outer), "")];
    // Where all of them are values, no single one is the reason.
    if ("const" in inner && likely.length > 1 && likely.every((shape) => "const" in shape))
      return likely.some((shape) => sameValue(inner, shape)) ? [] : [refused(this, textOf(inner["const"]), "")];
    const all = likely.map((shape) => this.#withinShape(inner, shape));
    return all.reduce((fewest, found) => (found.length < fewest.length ? found : fewest));
  }

  #withinShape(inner: Shape, outer: Shape): readonly Refusal[] {
    if ("const" in outer) {
      if (sameValue(inner, outer)) return [];
      const what = "const" in inner ? textOf(inner["const"]) : `anything but ${textOf(outer["const"])}`;
      return [refused(this, what, "")];
    }
    return [
      ...boundRefusals(inner, outer, "", this),
      ...fieldRefusals(inner, outer, "", this),
      ...itemRefusals(inner, outer, "", this),
      ...this.#otherRefusals(inner, outer),
    ];
  }

  /** Whatever else the outer shape says, the inner one must say in the same words. */
  #otherRefusals(inner: Shape, outer: Shape): readonly Refusal[] {
    const different = Object.keys(outer).filter(
      (keyword) => !compared.has(keyword) && textOf(inner[keyword]) !== textOf(outer[keyword]),
    );
    return different.map((keyword) =>
      changed(this, keyword.replace("~", ""), shown(inner[keyword]), shown(outer[keyword]), ""),
    );
  }
}

const compared: ReadonlySet<string> = new Set([
  ...["type", "const", "properties", "required", "additionalProperties", "items", "prefixItems", "multipleOf"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"],
  ...["minItems", "maxItems", "minProperties", "maxProperties", "$defs"],
]);

function takesType({ type: mine, const: value }: Shape, { type: yours }: Shape): boolean {
  if (yours === undefined || mine === yours) return true;
  if (mine === "integer") return yours === "number";
  return mine === "number" && yours === "integer" && Number.isInteger(value);
}

function sameValue(a: Shape, b: Shape): boolean {
  return "const" in a && "const" in b && textOf(a["const"]) === textOf(b["const"]);
}

/** A value by itself where others of its type are taken, else its type. */
function nameOf(shape: Shape, others: readonly Shape[]): string {
  const { type } = shape;
  if (others.length === 0) return "anything";
  if (type === undefined) return "anything else";
  return type === "object" || type === "array" || type === "integer" ? `an ${type}` : simple(String(type));
}

function simple(type: string): string {
  return type === "null" || type === "undefined" ? type : `a ${type}`;
}

function shown(value: unknown): string {
  if (value === undefined) return "none";
  const text = textOf(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
