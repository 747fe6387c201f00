import { describeThrown, markDefined, RpcError } from "./error.ts";
import type { Delivered } from "./error-code.ts";
import { isRecord, setOwn } from "./values/reviving.ts";

/** What may be told of an error to whom. */
export interface ErrorPolicy {
  /** True towards trusted peers: the original goes along as the cause. */
  readonly expose: boolean;
  /** Names a hidden error in both logs, so that people can find the two ends of it. */
  readonly reference?: string | undefined;
  /** Whether the handler had started, as the sender knows. Default: as the error itself says. */
  readonly delivered?: Delivered;
  /**
   * Leave out what may not cross: `data` goes, and of the cause remain description,
   * stack and primitive properties. For the second attempt when the error could not be packed.
   */
  readonly lean?: boolean;
}

/** On errors that speak of another connection. */
const foreign: unique symbol = Symbol.for("portolan.foreign") as never;

/** True for an error that a peer rejected with: it speaks of another connection. */
export function isForeign(error: object): boolean {
  return foreign in error;
}

/** Says that an error speaks of another connection: untrusted peers are not told of it. */
export function markForeign<T extends RpcError>(error: T): T {
  setOwn(error, foreign, true, false);
  return error;
}

/**
 * What a rejection says of anything thrown: a plain object to be packed.
 *
 * - An RpcError made here crosses with code, message and data, to anyone; and
 *   with `defined: true` when the procedure that threw it declares it.
 * - Everything else becomes INTERNAL (an `AbortError` CANCELLED, a `TimeoutError`
 *   DEADLINE_EXCEEDED). With `expose`, its description is the message and the
 *   thrown thing itself the cause; without, nothing of it is told.
 * - An RpcError that came from a peer is hidden from untrusted peers as well.
 */
export function errorToValue(thrown: unknown, policy: ErrorPolicy): Record<string, unknown> {
  const { expose, lean } = policy;
  const error = RpcError.from(thrown);
  const made = error === thrown;
  const hidden = !expose && (!made || foreign in error);
  const value = hidden ? hiddenOf(error, made, policy) : ({ code: error.code, message: error.message } as Told);
  const delivered = policy.delivered ?? error.delivered;
  if (delivered !== "unknown") value.delivered = delivered;
  if (!hidden && !lean && error.data !== undefined) value.data = error.data;
  if (made && !lean && error.defined && !isForeign(error)) value.defined = true;
  if (!expose) return value;
  if (Object.hasOwn(error, "cause")) value.cause = lean ? leanCopy(error.cause) : error.cause;
  if (made) value.stack = error.stack;
  return value;
}

/** Nothing of the original, except that it was an abort or a timeout. */
function hiddenOf({ code }: RpcError, made: boolean, { reference = "none" }: ErrorPolicy): Told {
  if (!made && code !== "INTERNAL") return { code, message: code === "CANCELLED" ? "cancelled" : "timed out" };
  return { code: "INTERNAL", message: `internal error (reference ${reference})` };
}

interface Told extends Record<string, unknown> {
  code: unknown;
  message: unknown;
  data?: unknown;
  cause?: unknown;
  delivered?: unknown;
  defined?: unknown;
  stack?: unknown;
}

/** What is left of anything thrown when only primitives may cross. */
function leanCopy(thrown: unknown): Error {
  const copy = new Error(describeThrown(thrown));
  try {
    const { stack, ...shown } = { stack: (thrown as Error).stack, ...(thrown as Error) };
    for (const [key, value] of Object.entries(shown)) if (Object(value) !== value) setOwn(copy, key, value);
    setOwn(copy, "stack", String(stack), false);
  } catch {
    // What cannot be read stays behind; the description is made.
  }
  return copy;
}

/**
 * The error that a rejection speaks of, from foreign data. Its stack shows where
 * it was made here, or the frames of `callSite` when given, and then those of the
 * other side.
 */
export function errorFromValue(value: unknown, callSite?: string): RpcError {
  const told: Partial<Told> = isRecord(value) ? value : {};
  const { code, message, delivered, data } = told;
  const error = new RpcError(
    typeof code === "string" ? code : "INTERNAL",
    textOf(message) ?? "an error without a message",
    {
      delivered: delivered === "no" || delivered === "yes" ? delivered : "unknown",
      data,
      ...(Object.hasOwn(told, "cause") ? { cause: told.cause } : {}),
    },
  );
  const remote = textOf(told.stack) ?? textOf((told.cause as Partial<Error> | undefined | null)?.stack);
  const lines = [
    `${error.name}: ${error.message}`,
    ...framesOf(callSite ?? error.stack, ""),
    ...framesOf(remote, "(remote) "),
  ];
  setOwn(error, "stack", lines.join("\n    "), false);
  if (told.defined === true) markDefined(error);
  return markForeign(error);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The lines of a stack that name places, as V8 (`at …`) and the others (`name@place:1:2`) write them. */
function framesOf(stack: string | undefined, prefix: string): string[] {
  const frames = stack?.matchAll(/^\s+(?:\(remote\) )?(at .+)$|^(.*@.+:\d+:\d+)$/gm) ?? [];
  return [...frames].map(([, v8, other]) => prefix + (v8 ?? other));
}
