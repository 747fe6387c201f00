import { RpcError } from "../error.ts";
import { forbiddenNames, lazyMark, procedureMark, targetMark } from "../marks.ts";
import { proxyNames } from "../proxy-mark.ts";
import { RpcTarget } from "../rpc-target.ts";
import { isPlain } from "../values/brands.ts";
import type { Call } from "./incoming-call.ts";
import { nearNames } from "./near-names.ts";
import { nodeOf } from "./stub-base.ts";
import { markUnstarted } from "./unstarted.ts";

/**
 * Finds what a path of the peer's leads to, and runs it. Only own data properties
 * of plain routers, methods of RpcTargets and the names that a proxy shows can be
 * reached; never an inherited name, an accessor, or a property of a function.
 *
 * Throws an RpcError UNIMPLEMENTED (delivered "no") where nothing is exposed.
 */
export function invokePath(root: unknown, segments: readonly string[], call: Call, args: readonly unknown[]): unknown {
  return invokeFrom(root, segments, 0, call, args);
}

function invokeFrom(
  root: unknown,
  segments: readonly string[],
  index: number,
  call: Call,
  args: readonly unknown[],
): unknown {
  let value = root;
  let owner: unknown;
  for (let next = index; ; next++) {
    const load = markOf(value, lazyMark);
    if (load) return resumeLoaded(load, segments, next, call, args);
    if (next === segments.length) break;
    owner = value;
    value = memberOf(owner, segments[next] as string);
    if (value === undefined) throw unimplemented(segments, call.peer.trusted ? meantBy(owner, segments, next) : "");
  }
  const run = markOf(value, procedureMark);
  if (run) return run(call, args);
  if (typeof value !== "function") throw unimplemented(segments);
  return Reflect.apply(value, keepsItsOwnThis(owner) ? owner : call, args);
}

async function resumeLoaded(
  load: (...args: unknown[]) => unknown,
  segments: readonly string[],
  index: number,
  call: Call,
  args: readonly unknown[],
): Promise<unknown> {
  return invokeFrom(await load(), segments, index, call, args);
}

/** What `key` of `owner` shows to a peer; undefined for nothing. */
export function memberOf(owner: unknown, key: string): unknown {
  if (forbiddenNames.has(key)) return undefined;
  if (nodeOf(owner)) return (owner as Record<string, unknown>)[key];
  if (typeof owner !== "object" || owner === null) return undefined;
  if (RpcTarget.is(owner)) return methodOf(owner, key);
  const names = proxyNames(owner);
  if (names === true) return functionOnly(ownValue(owner, key));
  if (names) return names.includes(key) ? functionOnly((owner as Record<string, unknown>)[key]) : undefined;
  // Never an instance, whose fields were not meant for peers.
  return isPlain(owner) ? ownValue(owner, key) : undefined;
}

/** What a path of our own API leads to, as it comes home from the peer. Throws UNIMPLEMENTED for nothing. */
export function memberAt(root: unknown, segments: readonly string[]): unknown {
  let at = root;
  for (const segment of segments) {
    const owner = at;
    at = memberOf(owner, segment);
    if (at === undefined) throw unimplemented(segments);
    if (typeof at === "function" && keepsItsOwnThis(owner)) at = at.bind(owner);
  }
  return at;
}

function keepsItsOwnThis(owner: unknown): boolean {
  return RpcTarget.is(owner) || (typeof owner === "object" && owner !== null && proxyNames(owner) !== undefined);
}

/** A method on a prototype below `RpcTarget.prototype`. */
function methodOf(target: object, key: string): unknown {
  if (key.startsWith("_")) return undefined;
  let prototype: object | null = Object.getPrototypeOf(target);
  while (prototype !== null && !Object.hasOwn(prototype, targetMark)) {
    const found = Object.getOwnPropertyDescriptor(prototype, key);
    if (found) return functionOnly(found.value);
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}

function ownValue(owner: object, key: string): unknown {
  // Routers have no accessors: `serve` refuses them, and ours are no attacker's.
  return Object.hasOwn(owner, key) ? (owner as Record<string, unknown>)[key] : undefined;
}

function functionOnly(value: unknown): unknown {
  return typeof value === "function" ? value : undefined;
}

function markOf(value: unknown, mark: symbol): ((...args: unknown[]) => unknown) | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || nodeOf(value)) return undefined;
  const marked = (value as Record<symbol, unknown>)[mark];
  return typeof marked === "function" ? (marked as (...args: unknown[]) => unknown) : undefined;
}

/** Only for trusted peers: it tells what a router holds. */
function meantBy(owner: unknown, segments: readonly string[], at: number): string {
  const plain = typeof owner === "object" && owner !== null && !proxyNames(owner) && isPlain(owner);
  const near = plain ? nearNames(segments[at] as string, Object.keys(owner)) : [];
  if (near.length === 0) return "";
  return `: did you mean ${near.map((name) => JSON.stringify([...segments.slice(0, at), name].join("."))).join(" or ")}?`;
}

function unimplemented(segments: readonly string[], hint: string = ""): RpcError {
  const what =
    segments.length === 0
      ? "what was called is no function"
      : `no procedure ${JSON.stringify(segments.join("."))}${hint}`;
  return markUnstarted(new RpcError("UNIMPLEMENTED", what, { delivered: "no" }));
}
