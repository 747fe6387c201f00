import type { FailurePlace, SessionOptions } from "../session-options.ts";

/** Reports a failure that no peer hears of: to the user's hook, or else on the console. Never throws. */
export function reportFailure(onError: SessionOptions["onError"], error: unknown, place: FailurePlace): void {
  try {
    if (onError) return onError(error, place);
    const { path, peer, reference } = place;
    const where = path.length > 0 ? ` in ${JSON.stringify(path.join("."))}` : "";
    const named = reference === undefined ? "" : ` (reference ${reference})`;
    console.error(`portolan: error${where}, peer ${peer.kind}${named}:`, error);
  } catch (hookError) {
    console.error("portolan: onError threw", hookError, "while it was told of", error);
  }
}
