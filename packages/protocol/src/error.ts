import type { Delivered, ErrorCode } from "./error-code.ts";

const brand = Symbol.for("portolan.error");

/** On errors whose code and data are as their procedure declares them. */
const definedMark = Symbol.for("portolan.defined");

/** What an {@link RpcError} may carry besides its code and message. */
export interface RpcErrorOptions<Data = unknown> {
  /** Machine-readable details; crosses to the peer, so keep secrets out. */
  readonly data?: Data;
  /** What led to this error. Crosses only to trusted peers. */
  readonly cause?: unknown;
  /** Whether the handler had started. Default `"unknown"`. */
  readonly delivered?: Delivered;
}

/**
 * The one error that Portolan rejects with. Told by brand, so copies of the
 * package recognise each other's: use {@link RpcError.is}, not `instanceof`.
 *
 * Throw one in a handler to answer with a code of your choice:
 * `throw new RpcError("NOT_FOUND", "no such user", { data: { id } })`.
 */
export class RpcError<Code extends string = ErrorCode, Data = unknown> extends Error {
  /** What went wrong, for programs. */
  readonly code: Code;
  /** Whether the handler of the failed call had started. */
  readonly delivered: Delivered;
  declare readonly data: Data;

  constructor(code: Code, message: string, options: RpcErrorOptions<Data> = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.delivered = options.delivered ?? "unknown";
    if (options.data !== undefined) this.data = options.data;
  }

  /** True when a procedure declares this error, and its data is as declared. */
  get defined(): boolean {
    return (this as Record<symbol, unknown>)[definedMark] === true;
  }

  /** True for an RpcError of this or any other copy of the package. */
  static is(value: unknown): value is RpcError {
    try {
      return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
    } catch {
      // A Proxy may throw whatever it is asked.
      return false;
    }
  }

  /**
   * Makes an RpcError of anything thrown. An RpcError stays itself; an
   * `AbortError` becomes CANCELLED and a `TimeoutError` DEADLINE_EXCEEDED (the
   * names that the DOM standard gives them); all else becomes `code`, with the
   * original as its cause.
   */
  static from(thrown: unknown, code: ErrorCode = "INTERNAL", delivered?: Delivered): RpcError {
    if (RpcError.is(thrown)) return thrown;
    const options = delivered === undefined ? { cause: thrown } : { cause: thrown, delivered };
    return new RpcError(codeOfThrown(thrown) ?? code, describeThrown(thrown), options);
  }
}

Object.defineProperty(RpcError.prototype, "name", { value: "RpcError", configurable: true, writable: true });
Object.defineProperty(RpcError.prototype, brand, { value: true });

/** Says that a procedure declares this error. Returns it. */
export function markDefined<T extends RpcError<string, unknown>>(error: T): T {
  Object.defineProperty(error, definedMark, { value: true, configurable: true });
  return error;
}

/** One line that says what was thrown, with the class of anything but a plain Error. */
export function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]") {
      const { name, message } = thrown as Error;
      return name === "Error" ? String(message) : `${name}: ${message}`;
    }
    if (typeof thrown === "object" && thrown !== null && "message" in thrown) return String(thrown.message);
    return typeof thrown === "string" ? thrown : `threw ${String(thrown)}`;
  } catch {
    return "threw a value that cannot be described";
  }
}

function codeOfThrown(thrown: unknown): ErrorCode | undefined {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  try {
    const { name } = thrown as { name?: unknown };
    if (name === "AbortError") return "CANCELLED";
    return name === "TimeoutError" ? "DEADLINE_EXCEEDED" : undefined;
  } catch {
    return undefined;
  }
}
