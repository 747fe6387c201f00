import { RpcTarget } from "../rpc-target.ts";

/** True for a result that crosses by reference, so that its holder would give it back. */
export function isByReference(value: unknown): value is object {
  return typeof value === "function" || RpcTarget.is(value);
}

/** Ends a result that came after its call was answered: a stream that nobody will read must not stay open. */
export function finishUnread(value: unknown): void {
  if (typeof value !== "object" || value === null || !(Symbol.asyncIterator in value)) return;
  const { cancel, return: finish } = value as { cancel?: unknown; return?: unknown };
  const end = finish ?? cancel;
  if (typeof end === "function") Promise.resolve(Reflect.apply(end, value, [])).catch(() => {});
}
