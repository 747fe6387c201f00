import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { FrameLike } from "./frame-shapes.ts";

/** Which frames (or, as {@link ServiceWorkerLike}, which service workers) get through: see {@link RendererListenerOptions.allow}. */
export type Allow<Asker = FrameLike> = AllowedPage | readonly AllowedPage[] | ((asker: Asker) => boolean);

/** An origin, a URL, or the absolute path of a file; as text or as a URL. */
export type AllowedPage = string | URL;

type Rule = (shown: Pick<FrameLike, "url" | "origin">) => boolean;

/**
 * Makes a policy of what people have at hand, over what shows a URL of an origin. A function is asked about that itself,
 * or about the `asker` that stands for it. Throws a TypeError for what is no origin, URL or absolute path.
 */
export function allowRule<Asker = FrameLike>(
  allow: Allow<Asker>,
): (shown: Pick<FrameLike, "url" | "origin">, asker?: Asker) => boolean {
  if (typeof allow === "function") return (shown, asker) => allow(asker ?? (shown as Asker)) === true;
  // `isArray` does not tell a readonly array from the rest.
  const list = (Array.isArray(allow) ? allow : [allow]) as readonly AllowedPage[];
  if (list.length === 0) throw new TypeError("expected allow to name at least one page, got an empty list");
  const rules = list.map((page) => pageRule(page));
  return (frame) => rules.some((rule) => rule(frame));
}

function pageRule(page: AllowedPage): Rule {
  const url = urlOf(page);
  if (url.protocol === "file:") return (frame) => originOf(frame.url) === "file://" && covers(url, frame.url);
  const origin = originOf(url);
  return (frame) => frame.origin === origin && covers(url, frame.url);
}

function urlOf(page: AllowedPage): URL {
  if (typeof page === "string" && isAbsolute(page)) return pathToFileURL(page);
  try {
    return new URL(page);
  } catch {
    throw new TypeError(`expected allow to hold an origin, a URL or an absolute path, got "${String(page)}"`);
  }
}

/** `scheme://host`, for schemes of the app's own too, whose `URL.origin` is "null". */
export function originOf(url: URL | string): string | undefined {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return undefined;
  }
}

/** A path that ends in a slash covers what is below it; another one only itself. Query and hash do not count. */
function covers(allowed: URL, shown: string): boolean {
  const { pathname } = allowed;
  const isOrigin = allowed.protocol !== "file:" && (pathname === "/" || pathname === "");
  if (isOrigin) return true;
  try {
    const path = new URL(shown).pathname;
    return pathname.endsWith("/") ? path.startsWith(pathname) : path === pathname;
  } catch {
    return false;
  }
}
