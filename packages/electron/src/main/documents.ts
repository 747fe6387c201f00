import type { CloseReason } from "@portolan/protocol";
import { portClosed } from "../ports/main-port-transport.ts";
import { crashed, navigated, type ProcessGone, windowClosed } from "./document-ending.ts";
import type { Emitter, FrameLike, WebContentsLike } from "./frame-shapes.ts";

/** Something that lives as long as one document. */
export interface Tenant {
  /** Stays the same while the frame changes documents. */
  readonly frameTreeNodeId: number;
  /** The document is gone. Called once; the tenant has left by then. */
  end(reason: CloseReason): void;
}

/** How long a port that closed waits for Electron to say why: the news of a crash comes about a millisecond later. */
const graceMs = 50;

const watches = new WeakMap<WebContentsLike, Watch>();

/**
 * Ends `tenant` when its document does: by a reload or navigation, a crash, or the end of its page. However many
 * tenants a page has, its webContents gets one listener of each kind, and none after the last has left.
 * Returns the way to leave.
 */
export function tenancy(webContents: WebContentsLike, tenant: Tenant): () => void {
  const watch = watches.get(webContents) ?? new Watch(webContents);
  watches.set(webContents, watch);
  return watch.enter(tenant);
}

/** How many tenants a document has. */
export function tenantsOf(webContents: WebContentsLike, frameTreeNodeId: number): number {
  return watches.get(webContents)?.count(frameTreeNodeId) ?? 0;
}

/** The port of a tenant has closed: ends it, with the document's reason if there is one, at the latest after 50 ms. */
export function portHasClosed(webContents: WebContentsLike, tenant: Tenant): void {
  watches.get(webContents)?.portHasClosed(tenant);
}

class Watch {
  readonly #webContents: WebContentsLike;
  readonly #tenants = new Set<Tenant>();
  readonly #waiting = new Map<Tenant, ReturnType<typeof setTimeout>>();
  /** Where the main frame is on its way to. */
  #headingTo: string | undefined;
  readonly #listeners: readonly (readonly [string, (...details: never[]) => void])[] = [
    ["did-start-navigation", (event: StartedNavigation) => this.#started(event)],
    ["did-frame-navigate", (...details: FrameNavigated) => this.#arrived(details)],
    ["did-stop-loading", () => (this.#headingTo = undefined)],
    ["render-process-gone", (_event: unknown, details: ProcessGone) => this.#crashed(details)],
    ["destroyed", () => this.#endAll(windowClosed)],
  ];

  constructor(webContents: WebContentsLike) {
    this.#webContents = webContents;
  }

  enter(tenant: Tenant): () => void {
    if (this.#tenants.size === 0) this.#listen();
    this.#tenants.add(tenant);
    return () => this.#leave(tenant);
  }

  count(frameTreeNodeId: number): number {
    let count = 0;
    for (const tenant of this.#tenants) if (tenant.frameTreeNodeId === frameTreeNodeId) count++;
    return count;
  }

  portHasClosed(tenant: Tenant): void {
    if (!this.#tenants.has(tenant) || this.#waiting.has(tenant)) return;
    if (this.#webContents.isDestroyed()) this.#end(tenant, windowClosed);
    else if (this.#headingTo !== undefined) this.#end(tenant, navigated(this.#headingTo));
    else
      this.#waiting.set(
        tenant,
        setTimeout(() => this.#end(tenant, portClosed), graceMs),
      );
  }

  #started({ url, isMainFrame, isSameDocument }: StartedNavigation): void {
    if (isMainFrame && !isSameDocument) this.#headingTo = url;
  }

  #arrived([, url, , , isMainFrame, processId, routingId]: FrameNavigated): void {
    if (isMainFrame) {
      this.#headingTo = undefined;
      return this.#endAll(navigated(url));
    }
    for (const tenant of [...this.#tenants]) {
      const frame = frameOf(tenant.frameTreeNodeId, this.#webContents.mainFrame);
      const same = frame?.processId === processId && frame.routingId === routingId;
      if (!frame || same) this.#end(tenant, navigated(url));
    }
  }

  /** A turn later: whoever hears of it may reload the page, and Electron dies of a reload inside this event. */
  #crashed(details: ProcessGone): void {
    const gone = [...this.#tenants];
    setImmediate(() => {
      for (const tenant of gone) if (this.#tenants.has(tenant)) this.#end(tenant, crashed(details));
    });
  }

  #endAll(reason: CloseReason): void {
    for (const tenant of [...this.#tenants]) this.#end(tenant, reason);
  }

  #end(tenant: Tenant, reason: CloseReason): void {
    this.#leave(tenant);
    tenant.end(reason);
  }

  #leave(tenant: Tenant): void {
    clearTimeout(this.#waiting.get(tenant));
    this.#waiting.delete(tenant);
    if (this.#tenants.delete(tenant) && this.#tenants.size === 0) this.#unlisten();
  }

  #listen(): void {
    this.#headingTo = undefined;
    const emitter = this.#webContents as unknown as Emitter;
    for (const [event, listener] of this.#listeners) emitter.on(event, listener);
  }

  #unlisten(): void {
    const emitter = this.#webContents as unknown as Emitter;
    for (const [event, listener] of this.#listeners) emitter.off(event, listener);
  }
}

interface StartedNavigation {
  readonly url: string;
  readonly isMainFrame: boolean;
  readonly isSameDocument: boolean;
}

type FrameNavigated = [
  event: unknown,
  url: string,
  code: number,
  text: string,
  isMainFrame: boolean,
  processId: number,
  routingId: number,
];

/** The frame that stands at a place of the tree now. */
function frameOf(frameTreeNodeId: number, top: FrameTree): FrameTree | undefined {
  return top.framesInSubtree?.find((frame) => frame.frameTreeNodeId === frameTreeNodeId);
}

type FrameTree = FrameLike & { readonly framesInSubtree?: readonly FrameLike[] };
