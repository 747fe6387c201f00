import type { ReferenceReader } from "./reference.ts";

/** Limits on what an untrusted peer may make us build. */
export interface ValueLimits {
  readonly depth: number;
  readonly nodes: number;
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

/** What revivers of one message share. */
export interface Revival {
  readonly options: UnpackOptions;
  /** Says which object takes the place of a container, so that what arrives later is put into that one. */
  stands(container: object, shell: object): void;
  /** Says that nothing can be put into a container later. */
  seal(container: object): void;
}

/** How one kind of special value comes back. */
export interface Reviver {
  /** Checks the data and the rest, both foreign; makes the value, or the shell of one that holds others. */
  open(data: unknown, rest: readonly unknown[], revival: Revival): unknown;
  /** Fills the shell once every shell is in its place; returns what stays there. */
  close?(shell: unknown, data: unknown, rest: readonly unknown[], revival: Revival): unknown;
}

/** Sets an own property, whatever its name is. */
export function setOwn(target: object, key: PropertyKey, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else (target as Record<PropertyKey, unknown>)[key] = value;
}

/** Sets an own property that listings do not show, such as an error's message. */
export function setHidden(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true });
}

/** True for objects that are no arrays. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
