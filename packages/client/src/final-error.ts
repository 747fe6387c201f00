import type { RpcError } from "@portolan/protocol";

const finalMark = Symbol.for("portolan.final");

/** Says of an error that its client has ended, so that trying again cannot help. Returns it. */
export function markFinal(error: RpcError): RpcError {
  return Object.defineProperty(error, finalMark, { value: true });
}

/** True for an error of {@link markFinal}, of this or another copy of the package. */
export function isFinal(error: unknown): boolean {
  return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[finalMark] === true;
}
