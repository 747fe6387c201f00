import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { RpcError } from "@portolan/protocol";

/** What Node calls with each request to upgrade. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** One listener's place at a server that others may hear too. */
export interface ServerEntry {
  /**
   * Whether a request for a path that this listener does not hear is left to somebody else: to another of ours that
   * hears it, or to whoever is not ours. Of several of ours only the first answers what nobody hears.
   */
  leaves(path: string): boolean;
  leave(): void;
}

/** What our listeners hear at each server; `undefined` hears every path. */
const heard = new WeakMap<EventEmitter, Set<{ readonly path: string | undefined }>>();

/**
 * Hears the upgrades of a server on one path, or on all. Throws an RpcError FAILED_PRECONDITION when another listener
 * of ours hears that path: both would take the same socket.
 */
export function enterServer(server: EventEmitter, path: string | undefined, handler: UpgradeHandler): ServerEntry {
  const entries = heard.get(server) ?? new Set();
  heard.set(server, entries);
  const own = { path };
  for (const other of entries) if (meet(other.path, path)) throw alreadyHeard(other.path);
  entries.add(own);
  server.on("upgrade", handler);
  return {
    leaves(asked) {
      if (server.listenerCount("upgrade") > entries.size) return true;
      return [...entries].some((entry) => entry !== own && meet(entry.path, asked)) || [...entries][0] !== own;
    },
    leave() {
      entries.delete(own);
      server.off("upgrade", handler);
    },
  };
}

function meet(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

function alreadyHeard(path: string | undefined): RpcError {
  const what = path === undefined ? "every path" : `the path ${JSON.stringify(path)}`;
  const why = `another webSocketListener of this server hears ${what}: give each a path of its own`;
  return new RpcError("FAILED_PRECONDITION", why, { delivered: "no" });
}
