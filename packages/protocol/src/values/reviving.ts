import type { ReferenceReader } from "./reference.ts";

/** Limits on what an untrusted peer may make us build. */
export interface ValueLimits {
  readonly depth: number;
  readonly nodes: number;
  /** Bytes of its texts, keys and buffers together. */
  readonly message: number;
  /** Decimal digits of one bigint. */
  readonly bigintDigits: number;
}

/** How {@link unpack} reads. */
export interface UnpackOptions {
  readonly trusted: boolean;
  /** Set towards untrusted peers. */
  readonly limits: ValueLimits | undefined;
  readonly references: ReferenceReader;
  /** How paths in error messages begin. */
  readonly root: string;
}

/** How one kind of special value comes back. */
export interface Reviver {
  /** Checks data and rest, both foreign; makes the value, or the shell of one that holds others. */
  open(data: unknown, rest: readonly unknown[], options: UnpackOptions): unknown;
  /** Fills the shell once every shell is in its place; returns what stays there. Data is as `open` found it good. */
  close?(shell: unknown, data: never, rest: readonly unknown[]): unknown;
}

/** Sets an own property, whatever its name is. */
export function setOwn(target: object, key: PropertyKey, value: unknown, enumerable: boolean = true): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/** Sets every own property of one object on another. */
export function setAll(target: object, source: object): object {
  for (const key of Object.keys(source)) setOwn(target, key, (source as Record<string, unknown>)[key]);
  return target;
}

/** True for objects that are no arrays. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
