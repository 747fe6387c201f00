import { isObject, type JsonSchema } from "./json-schema.ts";
import { type Comparing, type Refusal, refused } from "./refusal.ts";
import type { Shape } from "./schema-shapes.ts";

/** Why objects of one shape may be refused by another. Fields that are received and that nobody knew do no harm. */
export function fieldRefusals(inner: Shape, outer: Shape, at: string, comparing: Comparing): readonly Refusal[] {
  return [
    ...knownFields(inner, outer, at, comparing),
    ...newFields(inner, outer, at, comparing),
    ...furtherFields(inner, outer, at, comparing),
    ...requiredFields(inner, outer, at, comparing),
  ];
}

function knownFields(inner: Shape, outer: Shape, at: string, { within }: Comparing): readonly Refusal[] {
  const [theirs, further] = [fieldsOf(inner), inner["additionalProperties"]];
  return Object.entries(fieldsOf(outer)).flatMap(([name, schema]) => {
    const mine = Object.hasOwn(theirs, name) ? theirs[name] : isObject(further) ? (further as JsonSchema) : undefined;
    return mine === undefined ? [] : within(mine, schema, `${at}.${name}`);
  });
}

function newFields(inner: Shape, outer: Shape, at: string, comparing: Comparing): readonly Refusal[] {
  const [ours, allowed] = [fieldsOf(outer), outer["additionalProperties"]];
  if (allowed === undefined || allowed === true) return [];
  const unknown = Object.entries(fieldsOf(inner)).filter(([name]) => !Object.hasOwn(ours, name));
  return unknown.flatMap(([name, schema]) => {
    if (isObject(allowed)) return comparing.within(schema, allowed as JsonSchema, `${at}.${name}`);
    return comparing.sent ? [refused(comparing, "it", `${at}.${name}`)] : [];
  });
}

function furtherFields(inner: Shape, outer: Shape, at: string, comparing: Comparing): readonly Refusal[] {
  const [further, allowed] = [inner["additionalProperties"], outer["additionalProperties"]];
  if (allowed === false) return comparing.sent && isObject(further) ? [refused(comparing, "a further field", at)] : [];
  // Open objects are open because nobody said otherwise: only what was said of further fields is compared.
  if (!isObject(allowed) || !isObject(further)) return [];
  return comparing.within(further as JsonSchema, allowed as JsonSchema, `${at}.*`);
}

function requiredFields(inner: Shape, outer: Shape, at: string, { sent }: Comparing): readonly Refusal[] {
  const given = namesOf(inner);
  const missing = namesOf(outer).filter((name) => !given.includes(name));
  return missing.map((name) => {
    const gone = Object.hasOwn(fieldsOf(inner), name) ? "may be missing now" : "is gone";
    return { at: `${at}.${name}`, text: sent ? "is required now" : gone };
  });
}

function fieldsOf({ properties }: Shape): Readonly<Record<string, JsonSchema>> {
  return isObject(properties) ? (properties as Readonly<Record<string, JsonSchema>>) : {};
}

function namesOf({ required }: Shape): readonly string[] {
  return Array.isArray(required) ? required.map(String) : [];
}
