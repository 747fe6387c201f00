import type { IncomingMessage } from "node:http";
import { checkSwitch } from "@portolan/protocol";

/** Whom a listener lets in. */
export interface AdmissionOptions {
  /**
   * The origins whose pages may connect, such as `"https://app.example.com"`;
   * `"*"` lets every page in. Browsers let any page open a WebSocket anywhere,
   * with the user's cookies, so this list is all that stands between.
   */
  readonly origins: readonly string[] | "*";
  /** Let clients in that send no Origin, which browsers never do. Default false. */
  readonly allowNoOrigin?: boolean;
  /**
   * Host names, besides `localhost` and loopback addresses, under which a
   * connection over the loopback interface may come, as from a proxy on this
   * machine; `"*"` for all. Without the check a page could reach a local server
   * by a name of its own that resolves to 127.0.0.1 (DNS rebinding).
   */
  readonly hosts?: readonly string[] | "*";
}

/** Says why a request is not let in, or `undefined`. */
export type Admission = (request: IncomingMessage) => string | undefined;

/** Checks the options once; throws a TypeError for a list that would let nobody or anybody in by mistake. */
export function admission(options: AdmissionOptions): Admission {
  checkSwitch(options, "allowNoOrigin");
  const { origins, allowNoOrigin = false, hosts = [] } = options;
  const allowed = origins === "*" ? "*" : new Set(checked(origins).map(asBrowsersSay));
  const names = hosts === "*" ? "*" : new Set(checkedHosts(hosts).map((host) => host.toLowerCase()));
  return (request) => refusedOrigin(request, allowed, allowNoOrigin) ?? refusedHost(request, names);
}

function checked(origins: unknown): readonly string[] {
  if (!Array.isArray(origins) || origins.some((origin) => typeof origin !== "string")) {
    throw new TypeError(`expected origins to be a list such as ["https://app.example.com"], or "*"`);
  }
  for (const origin of origins) {
    if (origin !== "null" && origin !== "file://" && !/^[a-z][a-z\d+.-]*:\/\/[^/?#\s*]+$/i.test(origin)) {
      const example = `"https://app.example.com" or "http://localhost:5173"`;
      throw new TypeError(`expected an origin such as ${example}, got ${JSON.stringify(origin)}`);
    }
  }
  return origins;
}

/** In small letters, without the port that goes without saying, and with the ASCII form of the host's name. */
function asBrowsersSay(origin: string): string {
  const said = URL.canParse(origin) ? new URL(origin).origin : "null";
  return said === "null" ? origin.toLowerCase() : said;
}

function checkedHosts(hosts: unknown): readonly string[] {
  if (Array.isArray(hosts) && hosts.every((host) => typeof host === "string")) return hosts;
  throw new TypeError(`expected hosts to be a list such as ["app.example.com"], or "*"`);
}

function refusedOrigin(
  { headers: { origin } }: IncomingMessage,
  allowed: ReadonlySet<string> | "*",
  allowNoOrigin: boolean,
): string | undefined {
  if (origin === undefined) return allowNoOrigin ? undefined : "it has no Origin (see allowNoOrigin)";
  if (allowed === "*" || allowed.has(origin.toLowerCase())) return undefined;
  return `its origin ${JSON.stringify(origin.slice(0, 200))} is not among origins`;
}

function refusedHost(request: IncomingMessage, names: ReadonlySet<string> | "*"): string | undefined {
  if (names === "*" || !isLoopback(request.socket.localAddress)) return undefined;
  const host = request.headers.host ?? "";
  const name = host.replace(/:\d*$/, "").toLowerCase();
  if (names.has(name) || names.has(host.toLowerCase()) || isLocalName(name)) return undefined;
  return `it came over loopback for the host ${JSON.stringify(host.slice(0, 200))}, which is not among hosts`;
}

function isLoopback(address: string | undefined): boolean {
  return address === "::1" || /^(::ffff:)?127\./i.test(address ?? "");
}

function isLocalName(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name);
}
