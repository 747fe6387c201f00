import { RpcError } from "../error.ts";
import type { ErrorCode } from "../error-code.ts";
import type { Key } from "../message.ts";

/** An error about a value, before anything has been sent or run. */
export function refuse(code: ErrorCode, message: string, cause?: unknown): RpcError {
  return new RpcError(code, message, cause === undefined ? { delivered: "no" } : { delivered: "no", cause });
}

/** Throws INVALID_ARGUMENT unless foreign data is what its table says: `what` names it, as in "a Map". */
export function expect(holds: unknown, what: string): asserts holds {
  if (!holds) throw refuse("INVALID_ARGUMENT", `malformed value: expected ${what}`);
}

/** Throws RESOURCE_EXHAUSTED for foreign data beyond a limit, told as so many of a unit. */
export function limit(
  amount: number | bigint,
  most: number | bigint,
  unit: string,
  told: number | bigint = most,
): void {
  if (amount > most) throw refuse("RESOURCE_EXHAUSTED", `the value exceeds its limit of ${told} ${unit}`);
}

/** How much of a path is shown. */
const longPath = 32;

/** A path as one writes it in code: `args[0].user["first name"]`. */
export function writePath(root: string, keys: readonly Key[]): string {
  if (keys.length > longPath) return `${writePath(root, keys.slice(0, longPath))} …`;
  return keys.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return /^[\w$]+$/.test(key) ? `${text}.${key}` : `${text}[${JSON.stringify(key)}]`;
  }, root);
}
