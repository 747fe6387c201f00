import { after, type OutgoingCall, onAbort, RpcError } from "@portolan/protocol";

/** Waits so many milliseconds. Resolves with false, at once, when one of the signals aborts. */
export function pause(ms: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<boolean> {
  if (signals.some((signal) => signal?.aborted)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (waited: boolean) => {
      clearTimeout(timer);
      for (const stop of stops) stop?.();
      resolve(waited);
    };
    const timer = after(ms, () => settle(true));
    const stops = signals.map((signal) => signal && onAbort(signal, () => settle(false)));
  });
}

/** What a call rejects with that was given up, or whose client ended, between two attempts. `cause` is what went wrong so far. */
export function givenUp({ signal, ended }: OutgoingCall, cause: unknown): RpcError {
  const gone = signal?.aborted ? undefined : (ended?.reason as RpcError | undefined);
  return new RpcError(gone?.code ?? "CANCELLED", gone?.message ?? "the call was aborted", { cause });
}
