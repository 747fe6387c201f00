import { RpcError } from "@portolan/protocol";
import { show } from "./show.ts";

/** Fails the case unless `condition` holds. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Fails the case unless two values show the same, however deep. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [show(actual), show(expected)];
  if (got !== wanted) throw new Error(`${what}: expected ${shorten(wanted)}, got ${shorten(got)}`);
}

/** Fails the case unless `promise` rejects with an RpcError of this code; returns the error. */
export async function rejects(promise: unknown, code: string, what: string): Promise<RpcError<string, unknown>> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    check(RpcError.is(error), `${what}: expected an RpcError, got ${String(error)}`);
    check(error.code === code, `${what}: expected ${code}, got ${error.code} (${error.message})`);
    return error;
  }
  throw new Error(`${what}: expected ${code}, got the value ${shorten(show(value))}`);
}

/** Fails the case unless `run` throws; returns what it threw. */
export function throws(run: () => unknown, what: string): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: expected it to throw`);
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
