import { Kind, type Message } from "./message.ts";

/** A message, or a sentence that says what was wrong with it. */
export type Parsed = { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly error: string };

/** How many segments, and UTF-16 units in all, a path may have. */
export const maxPathSegments = 8;
export const maxPathLength = 256;

/** How many UTF-16 units the id of an item may have. */
export const maxItemId = 1024;

/** How many path numbers a session hands out; further paths travel in full. */
export const maxPathNumbers = 1024;

/**
 * The only place where foreign data becomes a {@link Message}. Checks the shape
 * of the tuple; the values inside are checked where they are unpacked. Slots
 * beyond those we know are left alone, so that later versions can add some.
 */
export function parseMessage(raw: unknown): Parsed {
  if (!Array.isArray(raw)) return refuse(`expected a message, got ${nameOf(raw)}`);
  const kind: unknown = raw[0];
  if (isCommon(kind, raw)) return { ok: true, message: raw as unknown as Message };
  const shape = typeof kind === "number" ? shapes[kind] : undefined;
  if (!shape) return refuse(`unknown kind of message: ${nameOf(kind)}`);
  if (raw.length <= shape.required) return refuse(`malformed ${shape.name}: ${raw.length} slots are too few`);
  const { fields } = shape;
  for (let slot = 0; slot < fields.length; slot++) {
    const field = fields[slot] as Field;
    const value: unknown = raw[slot + 1];
    if (!field[1](value)) return refuse(`malformed ${shape.name}: ${field[0]} cannot be ${nameOf(value)}`);
  }
  // The loop has just proved the shape that the union describes.
  return { ok: true, message: raw as unknown as Message };
}

/** The two messages that nearly all others are, in their plain form, without a walk through their fields. */
function isCommon(kind: unknown, raw: readonly unknown[]): boolean {
  if (kind === Kind.resolve) return raw.length === 3 && isId(raw[1]);
  return kind === Kind.call && raw.length === 5 && isId(raw[1]) && Number.isSafeInteger(raw[2]) && isIndex(raw[3]);
}

/** What a slot is called, and what it takes. */
type Field = readonly [name: string, holds: (value: unknown) => boolean];

interface Shape {
  readonly name: string;
  readonly required: number;
  readonly fields: readonly Field[];
}

const id: Field = ["id", isId];
const reference: Field = ["reference", isId];
const stream: Field = ["stream", isSignedId];
const target: Field = ["target", (value) => Number.isSafeInteger(value)];
const path: Field = ["path", isPath];
const anything: Field = ["value", () => true];
const table: Field = ["table", isTable];
const extra: Field = ["extra", isExtra];
const bit: Field = ["flag", (value) => value === 0 || value === 1];
const flag: Field = ["flag", (value) => value === undefined || value === null || value === 1];
const total: Field = ["number", isIndex];
const chunk: Field = ["chunk", isChunk];

const shapes: readonly Shape[] = /* @__PURE__ */ byKind({
  hello: [2, total, ["body", isHelloBody]],
  call: [4, id, target, path, anything, table, extra],
  notify: [3, target, path, anything, table, extra],
  resolve: [2, id, anything, table, flag],
  reject: [2, id, anything, table],
  cancel: [1, id, anything, table],
  done: [1, id],
  path: [2, ["number", (value) => isIndex(value) && value < maxPathNumbers], ["segments", isSegments]],
  retain: [1, reference],
  release: [2, ["reference", isSignedId], ["count", isId]],
  settle: [3, reference, bit, anything, table],
  abort: [2, reference, anything, table],
  items: [3, stream, ["items", (value) => Array.isArray(value)], total, table, ["metas", isMetas]],
  end: [1, stream, anything, table],
  fail: [2, stream, anything, table],
  credit: [3, stream, total, total],
  stop: [2, stream, bit, anything, table],
  fragment: [3, id, bit, chunk],
  ping: [1, total],
  pong: [1, total],
  goodbye: [2, ["code", /* @__PURE__ */ isText(64)], ["message", /* @__PURE__ */ isText(4096)], flag],
});

function byKind(named: Record<keyof typeof Kind, readonly [required: number, ...fields: Field[]]>): readonly Shape[] {
  return Object.entries(named).map(([name, [required, ...fields]]) => ({ name, required, fields }));
}

/** True for the id of a call, a reference or a fragmented message. */
export function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** True for a whole number from 0. */
export function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSignedId(value: unknown): boolean {
  return Number.isSafeInteger(value) && value !== 0;
}

function isPath(value: unknown): boolean {
  return isIndex(value) || isSegments(value);
}

function isSegments(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > maxPathSegments) return false;
  let length = 0;
  for (const segment of value) {
    if (typeof segment !== "string") return false;
    length += segment.length;
  }
  return length <= maxPathLength;
}

function isTable(value: unknown): boolean {
  return value === undefined || value === null || Array.isArray(value);
}

function isText(longest: number): (value: unknown) => boolean {
  return (value) => typeof value === "string" && value.length <= longest;
}

/** Text or bytes, and never nothing: empty pieces would wait for their end without counting. */
function isChunk(value: unknown): boolean {
  if (typeof value === "string") return value.length > 0;
  return Object.prototype.toString.call(value) === "[object Uint8Array]" && (value as Uint8Array).byteLength > 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isExtra(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (!isRecord(value)) return false;
  const { timeout, key, after, hold } = value;
  return (
    (timeout === undefined || (Number.isFinite(timeout) && (timeout as number) >= 0)) &&
    (key === undefined || isText(maxPathLength)(key)) &&
    (after === undefined || isText(maxItemId)(after)) &&
    (hold === undefined || hold === 1)
  );
}

function isHelloBody(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { session, codec, carries, moves, maxMessage, trusted, features, calls, accepts, contract } = value;
  return (
    [session, codec, carries, moves].every(isText(64)) &&
    isIndex(maxMessage) &&
    typeof trusted === "boolean" &&
    Array.isArray(features) &&
    features.length <= 64 &&
    features.every(isText(64)) &&
    isId(calls) &&
    isIndex(accepts) &&
    (contract === undefined || isText(256)(contract))
  );
}

function isMetas(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) && value.every((meta) => Array.isArray(meta) && isIndex(meta[0]) && isMeta(meta));
}

function isMeta([, eventId, retry]: readonly unknown[]): boolean {
  return (eventId === null || isText(maxItemId)(eventId)) && (retry === null || isIndex(retry));
}

function nameOf(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
}

function refuse(error: string): Parsed {
  return { ok: false, error };
}
