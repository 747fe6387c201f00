import type { Traits } from "@portolan/protocol";
import type { FarFacts } from "./fixture-api.ts";

/** What is known of a connection before its cases run. */
export interface Facts {
  /** Of the near end. */
  readonly traits: Traits;
  readonly far: FarFacts;
  /** The far transport is at hand, not in another context. */
  readonly farHere: boolean;
  /** Platform listeners can be counted. */
  readonly counts: boolean;
  /** Stacks of this runtime name who awaits, as V8's do and JavaScriptCore's do not. */
  readonly asyncStacks: boolean;
}

/** What a case may need of its connection. */
export type Need =
  | "clone"
  | "moves everything"
  | "moves ports"
  | "both trusted"
  | "far trusts us"
  | "far mistrusts us"
  | "we mistrust far"
  | "a port of its own"
  | "messages with borders"
  | "objects on the port"
  | "the far end at hand"
  | "a count of listeners"
  | "stacks across await"
  | "forced collection";

const needs: Readonly<Record<Need, (facts: Facts) => boolean>> = {
  clone: ({ traits }) => traits.carries === "clone",
  "moves everything": ({ traits }) => traits.carries === "clone" && traits.moves === "all",
  "moves ports": ({ traits }) => traits.carries === "clone" && traits.moves !== "none" && hasPorts(),
  "both trusted": ({ traits, far }) => traits.trusted && far.trusted,
  "far trusts us": ({ far }) => far.trusted,
  "far mistrusts us": ({ far }) => !far.trusted,
  "we mistrust far": ({ traits }) => !traits.trusted,
  "a port of its own": ({ traits }) => !traits.shared,
  "messages with borders": ({ traits }) => traits.carries !== "bytes" || traits.framed,
  "objects on the port": ({ traits }) => traits.carries === "clone" || traits.carries === "json",
  "the far end at hand": ({ farHere }) => farHere,
  "a count of listeners": ({ counts }) => counts,
  "stacks across await": ({ asyncStacks }) => asyncStacks,
  "forced collection": () => typeof (globalThis as { gc?: unknown }).gc === "function",
};

/** The first need that a connection does not meet. */
export function missing(wanted: readonly Need[] | undefined, facts: Facts): Need | undefined {
  return wanted?.find((need) => !needs[need](facts));
}

function hasPorts(): boolean {
  return typeof (globalThis as { MessageChannel?: unknown }).MessageChannel === "function";
}
