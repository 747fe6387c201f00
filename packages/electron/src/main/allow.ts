import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { RpcError } from "@portolan/protocol";
import type { FrameLike } from "./frame-shapes.ts";

/** Which frames (or, as {@link ServiceWorkerLike}, which service workers) get through: see {@link RendererListenerOptions.allow}. */
export type Allow<Asker = FrameLike> = AllowedPage | readonly AllowedPage[] | ((asker: Asker) => boolean);

/** An origin, a URL, or the absolute path of a file; as text or as a URL. */
export type AllowedPage = string | URL;

type Rule = (shown: Pick<FrameLike, "url" | "origin">) => boolean;

/**
 * Makes a policy of what people have at hand, over what shows a URL of an origin. A function is asked about that itself,
 * or about the `asker` that stands for it; if it throws or gives a promise, so does the policy, with PERMISSION_DENIED.
 * Throws a TypeError for what is no origin, URL or absolute path.
 */
export function allowRule<Asker = FrameLike>(
  allow: Allow<Asker>,
): (shown: Pick<FrameLike, "url" | "origin">, asker?: Asker) => boolean {
  if (typeof allow === "function") return (shown, asker) => answerOf(allow, asker ?? (shown as Asker));
  // `isArray` does not tell a readonly array from the rest.
  const list = (Array.isArray(allow) ? allow : [allow]) as readonly AllowedPage[];
  if (list.length === 0) throw new TypeError("expected allow to name at least one page, got an empty list");
  const rules = list.map((page) => pageRule(page));
  return (frame) => rules.some((rule) => rule(frame));
}

function answerOf<Asker>(allow: (asker: Asker) => unknown, asker: Asker): boolean {
  let answer: unknown;
  try {
    answer = allow(asker);
  } catch (cause) {
    throw new RpcError("PERMISSION_DENIED", "the function given as allow threw", { cause, delivered: "no" });
  }
  if (!(answer instanceof Promise)) return answer === true;
  answer.catch(() => {});
  const why = "the function given as allow gave a promise: it has to answer at once, with true or false";
  throw new RpcError("PERMISSION_DENIED", why, { delivered: "no" });
}

function pageRule(page: AllowedPage): Rule {
  const url = urlOf(page);
  if (url.protocol === "file:") {
    const path = readable(url.pathname);
    return (frame) => frame.origin === "file://" && originOf(frame.url) === "file://" && coversFile(path, frame.url);
  }
  const origin = originOf(url);
  return (frame) => frame.origin.toLowerCase() === origin && covers(url, frame.url);
}

function urlOf(page: AllowedPage): URL {
  if (typeof page === "string" && isAbsolute(page)) return pathToFileURL(page);
  const url = URL.canParse(String(page)) ? new URL(page) : undefined;
  if (url && (url.host !== "" || url.protocol === "file:")) return url;
  // "localhost:5173" is a URL too, of the scheme "localhost:".
  const hint = url ? ", and with a host: https://app.example, app://bundle" : "";
  throw new TypeError(`expected allow to hold an origin, a URL or an absolute path${hint}; got "${String(page)}"`);
}

/** `scheme://host`, for schemes of the app's own too, whose `URL.origin` is "null". */
export function originOf(url: URL | string): string | undefined {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host.toLowerCase()}`;
  } catch {
    return undefined;
  }
}

/** A path that ends in a slash covers what is below it; another one only itself. Query and hash do not count. */
function covers(allowed: URL, shown: string): boolean {
  const { pathname } = allowed;
  if (pathname === "/" || pathname === "") return true;
  return URL.canParse(shown) && isAtOrBelow(pathname, new URL(shown).pathname);
}

/** Electron writes the paths of files otherwise than Node (`[`, `'`, `%`), so they are compared as the disk has them. */
function coversFile(allowed: string, shown: string): boolean {
  return isAtOrBelow(allowed, readable(new URL(shown).pathname));
}

function isAtOrBelow(allowed: string, path: string): boolean {
  return allowed.endsWith("/") ? path.startsWith(allowed) : path === allowed;
}

/** Without its escapes, but for those of slashes, which no file's name has. A `%` that begins none stays. */
function readable(path: string): string {
  return path.replace(/(?:%(?!2f|5c|00)[\da-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
