import { RpcError } from "@portolan/protocol";

/** A TCP address, or the path of a Unix socket or named pipe. */
export type SocketAddress = { readonly port: number; readonly host: string } | { readonly path: string };

/** The longest path of a Unix socket in bytes, as systems define it. Some Nodes cut a longer one without a word. */
const longestPath: Partial<Record<NodeJS.Platform, number>> = { linux: 107, darwin: 103, freebsd: 103, openbsd: 103 };

/**
 * The one address that a place names. Throws a TypeError for none, both, or what is neither port nor path: Node would
 * listen anywhere.
 */
export function socketAddress(place: unknown, expected: string): SocketAddress {
  const { port, path, host = "127.0.0.1", hostname } = Object(place) as Record<string, unknown>;
  if (hostname !== undefined) throw new TypeError('unknown option "hostname": did you mean "host"?');
  if ((port === undefined) === (path === undefined)) throw new TypeError(`expected ${expected}, got ${told(place)}`);
  if (path === undefined) return { port: checkedPort(port), host: checkedHost(host) };
  if (typeof path === "string" && path !== "") return { path };
  throw new TypeError(`expected the path of a socket, got ${JSON.stringify(path)}`);
}

function checkedPort(port: unknown): number {
  if (Number.isInteger(port) && Number(port) >= 0 && Number(port) < 65_536) return Number(port);
  throw new TypeError(`expected a port, an integer from 0 to 65535, got ${JSON.stringify(port)}`);
}

function checkedHost(host: unknown): string {
  if (typeof host === "string") return host;
  throw new TypeError(`expected host to be an address, got ${JSON.stringify(host)}`);
}

/** Throws an RpcError INVALID_ARGUMENT for a path that this system would cut, or refuse without saying why. */
export function checkPathLength(path: string): void {
  const longest = longestPath[process.platform];
  const bytes = Buffer.byteLength(path);
  if (longest === undefined || bytes <= longest) return;
  const why = `the path of a Unix socket has at most ${longest} bytes here, this one has ${bytes}: ${path}`;
  throw new RpcError("INVALID_ARGUMENT", why, { delivered: "no" });
}

function told(place: unknown): string {
  if (typeof place !== "object" || place === null) return String(JSON.stringify(place));
  const { port, path } = place as { port?: unknown; path?: unknown };
  return port === undefined && path === undefined ? "neither" : "both";
}
