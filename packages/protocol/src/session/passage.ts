import type { CallOptions } from "../call-options.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { CallScope } from "./scope.ts";

/** What values cross for: a call of ours, its answer, a call of theirs, or nothing that ends. */
export interface Passage {
  /** Ends what is lent; undefined for what is owned by the receiver. */
  readonly scope?: CallScope | undefined;
  /** The call of theirs that this is the answer or an item of. */
  readonly call?: IncomingCall | undefined;
  /** What bounds streams that arrive in an answer. */
  readonly options?: CallOptions | undefined;
  /** Nothing live may cross. */
  readonly plain?: boolean;
}
