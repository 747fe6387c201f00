import { RpcError } from "../error.ts";
import type { Key } from "../message.ts";

/** A value that cannot cross: says where it is and what to do about it. Nothing has been sent. */
export function refusal(path: string, why: string, cause?: unknown): RpcError {
  const options = cause === undefined ? { delivered: "no" as const } : { delivered: "no" as const, cause };
  return new RpcError("INVALID_ARGUMENT", `${path} cannot cross: ${why}`, options);
}

/** Foreign data that is not what its table says. */
export function malformed(what: string): RpcError {
  return new RpcError("INVALID_ARGUMENT", `malformed value: ${what}`, { delivered: "no" });
}

/** Foreign data beyond a limit. */
export function exceeded(what: string, limit: number): RpcError {
  return new RpcError("RESOURCE_EXHAUSTED", `the value exceeds the limit of ${limit} ${what}`, { delivered: "no" });
}

/** A path as one writes it in code: `args[0].user["first name"]`. */
export function writePath(root: string, keys: readonly Key[]): string {
  let text = root;
  for (const key of keys) {
    if (typeof key === "number") text += `[${key}]`;
    else text += /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }
  return text;
}
