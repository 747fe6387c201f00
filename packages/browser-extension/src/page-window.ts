/** The window that content script and page share, as far as it is used here. */
export interface PageWindow {
  readonly location: { readonly origin: string; readonly href: string };
  postMessage(message: unknown, targetOrigin: string, transfer?: readonly object[]): void;
  addEventListener(type: "message", listener: (event: WindowMessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: WindowMessageEvent) => void): void;
}

/** A message that arrived at the window. */
export interface WindowMessageEvent {
  readonly data: unknown;
  readonly source: unknown;
  readonly ports: readonly MessagePort[];
  stopImmediatePropagation(): void;
}

/**
 * What content script and page say on the window, until they have a port of their own.
 *
 * ```
 * content script → page   { portolan: "here", name }            asks again whoever asked too early
 * page → content script   { portolan: "wanted", name, id }
 * content script → page   { portolan: "port", name, id, carries, maxMessage }, and the port with it; once for each id
 *                         { portolan: "refused", name, id, code, message }
 * ```
 */
export type PageMessage =
  | { readonly portolan: "here"; readonly name: string }
  | { readonly portolan: "wanted"; readonly name: string; readonly id: string }
  | ({ readonly portolan: "port"; readonly name: string; readonly id: string } & WayOnwards)
  | {
      readonly portolan: "refused";
      readonly name: string;
      readonly id: string;
      readonly code: string;
      readonly message: string;
    };

/** What the way behind the port takes. A port of its own would carry more than the way onwards from a relay. */
export interface WayOnwards {
  /** `"all"`: structured clones, and it moves what can be moved. Otherwise nothing moves. */
  readonly carries: "all" | "clone" | "json";
  /** The largest message in bytes; 0 for no limit. */
  readonly maxMessage: number;
}

/** This context's window. Throws a TypeError where there is none. */
export function pageWindow(): PageWindow {
  const { window } = globalThis as { window?: PageWindow };
  if (window) return window;
  throw new TypeError("expected a window: this runs in a content script or in a page");
}

/** Posts to this very document: another that may have taken its place does not hear it. */
export function postToPage(window: PageWindow, message: PageMessage, transfer: readonly object[] = []): void {
  const { origin } = window.location;
  window.postMessage(message, origin === "null" ? "*" : origin, transfer);
}

/** Hears what this window said to itself under a name; frames, openers and strangers are not heard. */
export function hearPage(
  window: PageWindow,
  name: string,
  listener: (message: PageMessage, event: WindowMessageEvent) => void,
): () => void {
  const onMessage = (event: WindowMessageEvent): void => {
    if (event.source !== window) return;
    const message = parsePageMessage(event.data);
    if (message?.name === name) listener(message, event);
  };
  window.addEventListener("message", onMessage);
  return () => window.removeEventListener("message", onMessage);
}

function parsePageMessage(data: unknown): PageMessage | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { portolan, name, id, code, message } = data as Record<string, unknown>;
  if (typeof name !== "string") return undefined;
  if (portolan === "here") return { portolan, name };
  if (typeof id !== "string" || id.length > 64) return undefined;
  if (portolan === "wanted") return { portolan, name, id };
  if (portolan === "port") return { portolan, name, id, ...parseWay(data as Record<string, unknown>) };
  if (portolan !== "refused") return undefined;
  return { portolan, name, id, code: String(code).slice(0, 64), message: String(message).slice(0, 1024) };
}

function parseWay({ carries, maxMessage }: Record<string, unknown>): WayOnwards {
  return {
    carries: carries === "all" || carries === "clone" ? carries : "json",
    maxMessage: typeof maxMessage === "number" && maxMessage > 0 ? maxMessage : 0,
  };
}
