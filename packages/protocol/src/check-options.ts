import { nearNames } from "./session/near-names.ts";
import type { SessionOptions } from "./session-options.ts";

/** Everything that a session may be given; `router` is how `serve` keeps what it exposes. Unknown names cost a search for each session. */
const sessionOptions =
  /* @__PURE__ */ "expose codec channel metadata limits concurrency exposeErrors callbacks onError interceptors transfer heartbeat contract stay interceptRoot keepTransport admit router".split(
    " ",
  );

/**
 * Throws a TypeError for an option that is nearly one of `known`, which would be taken in silence. What is like none of
 * them is left alone: it may be for somebody else.
 */
export function checkNames(given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    const near = known.includes(name) ? undefined : nearNames(name, known)[0];
    if (near) throw new TypeError(`unknown option "${name}": did you mean "${near}"?`);
  }
}

/**
 * Throws a TypeError for options of a transport that would be taken for others: a name that is nearly `trusted` or one of
 * `more`, and a `trusted` that is neither true nor false, since "false" from an environment would count as true.
 */
export function checkTransportOptions(given: object, more: readonly string[] = []): void {
  checkNames(given, ["trusted", ...more]);
  checkSwitch(given, "trusted");
}

/** Throws a TypeError for an option that is there and neither true nor false. */
export function checkSwitch(given: object, name: string): void {
  const value = (given as Readonly<Record<string, unknown>>)[name];
  if (value !== undefined && typeof value !== "boolean")
    throw new TypeError(`expected ${name} to be true or false, got ${JSON.stringify(value)}`);
}

/**
 * Throws a TypeError for options of a session that would be passed over, such as
 * interceptors that are in no list. `more` names those that go beyond a session's.
 */
export function checkSessionOptions(options: SessionOptions, more: readonly string[] = []): void {
  checkNames(options, sessionOptions.concat(more));
  const { heartbeat, interceptors } = options;
  for (const ms of Object.values(heartbeat || {}))
    if (!(ms > 0)) throw new TypeError(`expected heartbeat to be milliseconds, got ${ms}`);
  for (const list of Object.values(interceptors ?? {}) as unknown[])
    if (list && !Array.isArray(list)) throw new TypeError("expected interceptors to be { outgoing: [], incoming: [] }");
}
