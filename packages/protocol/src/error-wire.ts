import { describeThrown, RpcError } from "./error.ts";
import type { Delivered } from "./error-code.ts";
import { sharedState } from "./shared-state.ts";
import { tagOf } from "./values/brands.ts";

/** What may be told of an error to whom. */
export interface ErrorPolicy {
  /** True towards trusted peers: the original goes along as the cause. */
  readonly expose: boolean;
  /** Names a hidden error in both logs, so that people can find the two ends of it. */
  readonly reference?: string;
  /** Whether the handler had started, as the sender knows. Default: as the error itself says. */
  readonly delivered?: Delivered;
  /**
   * Leave out what may not cross: `data` goes, and the cause is an Error that keeps
   * names, messages, stacks and primitive properties only. For the second attempt
   * when the error could not be packed.
   */
  readonly lean?: boolean;
}

/** Errors that a peer sent: what they say is the peer's, not ours to tell strangers. */
const foreign: WeakSet<object> = sharedState("portolan.foreignErrors", () => new WeakSet());

/** Says that an error speaks of another connection, so that untrusted peers are not told of it. */
export function markForeign<T extends RpcError>(error: T): T {
  foreign.add(error);
  return error;
}

/**
 * What a rejection says of anything thrown: a plain object to be packed.
 *
 * - An RpcError made here crosses with code, message and data, to anyone.
 * - Everything else becomes INTERNAL (an `AbortError` CANCELLED, a `TimeoutError`
 *   DEADLINE_EXCEEDED). With `expose`, its description is the message and the
 *   thrown thing itself the cause; without, nothing of it is told.
 * - An RpcError that came from a peer is hidden from untrusted peers as well.
 */
export function errorToValue(thrown: unknown, policy: ErrorPolicy): Record<string, unknown> {
  const own = RpcError.is(thrown);
  const error = RpcError.from(thrown);
  const hidden = !policy.expose && (!own || foreign.has(error));
  const value = hidden ? hide(error, own, policy) : tell(error, policy);
  const delivered = policy.delivered ?? error.delivered;
  if (delivered !== "unknown") value["delivered"] = delivered;
  if (policy.expose) expose(error, own, policy, value);
  return value;
}

/** What everyone may know of an error that was made to be told. */
function tell({ code, message, data }: RpcError, { lean }: ErrorPolicy): Record<string, unknown> {
  return data === undefined || lean ? { code, message } : { code, message, data };
}

/** Nothing of the original, except that it was an abort or a timeout. */
function hide({ code }: RpcError, own: boolean, { reference }: ErrorPolicy): Record<string, unknown> {
  if (!own && code === "CANCELLED") return { code, message: "cancelled" };
  if (!own && code === "DEADLINE_EXCEEDED") return { code, message: "deadline exceeded" };
  const message = reference === undefined ? "internal error" : `internal error (reference ${reference})`;
  return { code: "INTERNAL", message };
}

/** Adds what only trusted peers see. */
function expose(error: RpcError, own: boolean, { lean }: ErrorPolicy, value: Record<string, unknown>): void {
  if (Object.hasOwn(error, "cause")) value["cause"] = lean ? leanCopy(error.cause) : error.cause;
  if (own && typeof error.stack === "string") value["stack"] = error.stack;
}

/**
 * The error that a rejection speaks of, from foreign data. Its stack shows where
 * it was made here, or `callSite` when given, and then where it came from.
 */
export function errorFromValue(value: unknown, callSite?: string): RpcError {
  const { code, message, data, cause, delivered, stack } = fieldsOf(value);
  if (typeof code !== "string" || typeof message !== "string") {
    const what = "the peer rejected without saying why";
    return markForeign(new RpcError("INTERNAL", what, { data: value, delivered: "yes" }));
  }
  const error = new RpcError(code, message, {
    ...(data === undefined ? {} : { data }),
    ...(Object.hasOwn(value as object, "cause") ? { cause } : {}),
    delivered: delivered === "no" || delivered === "yes" ? delivered : "unknown",
  });
  const remote = typeof stack === "string" ? stack : stackOf(cause);
  if (callSite !== undefined || remote !== undefined) writeStack(error, callSite, remote);
  return markForeign(error);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function stackOf(cause: unknown): string | undefined {
  if (tagOf(cause) !== "Error" && tagOf(cause) !== "DOMException") return undefined;
  const { stack } = cause as Error;
  return typeof stack === "string" ? stack : undefined;
}

function writeStack(error: RpcError, callSite: string | undefined, remote: string | undefined): void {
  const first = `${error.name}: ${error.message}`;
  const local = callSite === undefined ? String(error.stack) : `${first}\n${framesOf(callSite)}`;
  const frames = remote === undefined ? "" : `\n${framesOf(remote).replace(/^ *(?=\S)/gm, "    (remote) ")}`;
  Object.defineProperty(error, "stack", { value: local + frames, writable: true, configurable: true });
}

/** The lines of a stack that name places; V8 writes the message before them. */
function framesOf(stack: string): string {
  const lines = stack.split("\n");
  const frames = lines.filter((line) => /^\s+at |^\s+\(remote\) |@.*:\d+:\d+$/.test(line));
  return frames.join("\n");
}

/** How many errors of a chain of causes a lean copy keeps. */
const leanDepth = 8;

/** What is left of anything thrown when only primitives may cross. */
function leanCopy(thrown: unknown, depth: number = leanDepth): unknown {
  if (thrown === null || (typeof thrown !== "object" && typeof thrown !== "function" && typeof thrown !== "symbol")) {
    return thrown;
  }
  try {
    return leanError(thrown as Error, depth);
  } catch {
    return new Error(describeThrown(thrown));
  }
}

function leanError(thrown: Error, depth: number): Error {
  if (tagOf(thrown) !== "Error" && tagOf(thrown) !== "DOMException") return new Error(describeThrown(thrown));
  const { name, message, stack } = thrown;
  const nested = depth > 0 && Object.hasOwn(thrown, "cause");
  const copy = new Error(String(message), nested ? { cause: leanCopy(thrown.cause, depth - 1) } : undefined);
  for (const key of Object.keys(thrown)) {
    const value = (thrown as unknown as Record<string, unknown>)[key];
    if (!Object.hasOwn(copy, key) && isLean(value)) Object.defineProperty(copy, key, { value, enumerable: true });
  }
  Object.defineProperty(copy, "name", { value: String(name) });
  Object.defineProperty(copy, "stack", { value: typeof stack === "string" ? stack : String(name) });
  return copy;
}

function isLean(value: unknown): boolean {
  return value === null || ["string", "number", "boolean", "undefined", "bigint"].includes(typeof value);
}
