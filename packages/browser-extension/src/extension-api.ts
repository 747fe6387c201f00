/** An event of the extension platform. */
export interface ExtensionEvent<Arguments extends readonly unknown[]> {
  addListener(listener: (...args: Arguments) => void): void;
  removeListener(listener: (...args: Arguments) => void): void;
}

/** A `runtime.Port`, as far as it is used here. */
export interface RuntimePortLike {
  readonly name: string;
  readonly sender?: SenderLike | undefined;
  /** Firefox: why it was disconnected. */
  readonly error?: { readonly message: string } | null;
  readonly onMessage: ExtensionEvent<[message: unknown, ...rest: never[]]>;
  readonly onDisconnect: ExtensionEvent<[port: never]>;
  postMessage(message: unknown): void;
  disconnect(): void;
}

/** A `runtime.MessageSender`: what the browser vouches for. Every fact may be missing. */
export interface SenderLike {
  readonly id?: string | undefined;
  readonly url?: string | undefined;
  readonly origin?: string | undefined;
  readonly tab?: { readonly id?: number | undefined } | undefined;
  readonly frameId?: number | undefined;
  readonly documentId?: string | undefined;
  /** Chromium: `"active"`, `"prerender"`, `"cached"` or `"pending_deletion"`. */
  readonly documentLifecycle?: string | undefined;
  /** Firefox: `"addon_child"` for pages of an extension, `"content_child"` for content scripts. */
  readonly envType?: string | undefined;
}

/** What `runtime` offers. In a content script that outlived its extension, `id` is gone and the rest throws. */
export interface RuntimeLike {
  readonly id?: string | undefined;
  readonly lastError?: { readonly message?: string | undefined } | null | undefined;
  readonly onConnect?: ExtensionEvent<[port: never]>;
  readonly onConnectExternal?: ExtensionEvent<[port: never]>;
  connect(info: { name: string }): unknown;
  connect(extensionId: string, info: { name: string }): unknown;
  connectNative?(application: string): unknown;
  getURL?(path: string): string;
}

/** What `tabs` offers, where the context has it. */
export interface TabsLike {
  connect(tabId: number, info: { name: string; frameId?: number; documentId?: string }): unknown;
}

/** The `chrome` or `browser` object, as far as it is used here. */
export interface ExtensionApi {
  readonly runtime: RuntimeLike;
  readonly tabs?: TabsLike | undefined;
}

/**
 * The platform's own object. `chrome` goes first: every browser has it for
 * extensions, and a page cannot put an element named "browser" in its place.
 * Throws a TypeError where there is no extension platform.
 */
export function extensionApi(): ExtensionApi {
  const found = apiNamed("chrome") ?? apiNamed("browser");
  if (found) return found;
  throw new TypeError(
    "expected chrome.runtime or browser.runtime, found neither: this runs in an extension, or in a page that an extension lists in externally_connectable",
  );
}

function apiNamed(name: "chrome" | "browser"): ExtensionApi | undefined {
  try {
    const candidate = (globalThis as unknown as Record<string, Partial<ExtensionApi> | undefined>)[name];
    return typeof candidate?.runtime?.connect === "function" ? (candidate as ExtensionApi) : undefined;
  } catch {
    // A frame named like this, of another origin: not the platform.
    return undefined;
  }
}
