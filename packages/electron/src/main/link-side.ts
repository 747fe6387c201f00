import { webContents as electronWebContents } from "electron";
import type { MainPortLike } from "../ports/port-shapes.ts";
import { type PeerDetails, peerWord } from "../words.ts";
import { type Allow, allowRule } from "./allow.ts";
import type { FrameLike, LinkEnd, UtilityProcessLike, WebContentsLike } from "./frame-shapes.ts";
import { type Hearer, onHearer } from "./peer-desk.ts";
import { listenShared } from "./shared-listener.ts";

/** One side of a link. */
export interface LinkSide {
  /** Whether it can be given a port now. */
  readonly ready: boolean;
  /** Who it is, for the other side; set while ready. */
  readonly details: PeerDetails | undefined;
  send(details: PeerDetails, port: MainPortLike): void;
  start(): void;
  stop(): void;
}

/** What a side tells its link. */
export interface LinkSideEvents {
  /** It can be given a port, or a new one in place of the last. */
  ready(): void;
  /** Its window closed or its process exited. */
  over(): void;
}

interface SideOptions {
  readonly name: string;
  readonly allow?: Allow;
}

/** Throws a TypeError for what cannot be linked. */
export function checkLinkEnd(end: unknown): void {
  if (["kill", "webContents", "mainFrame", "frameTreeNodeId"].some((key) => key in Object(end))) return;
  const got = end === null ? "null" : typeof end;
  throw new TypeError(`expected a window, a webContents, a frame or a utility process to link, got ${got}`);
}

/** Makes a side of what can be linked. */
export function linkSide(end: LinkEnd, options: SideOptions, events: LinkSideEvents): LinkSide {
  if ("kill" in end) return processSide(end, options.name, events);
  if ("webContents" in end) return documentSide(page(end.webContents), options, events);
  return documentSide("mainFrame" in end ? page(end) : oneFrame(end), options, events);
}

function processSide(child: UtilityProcessLike, name: string, events: LinkSideEvents): LinkSide {
  let stop = (): void => {};
  return {
    ready: true,
    get details(): PeerDetails {
      return { kind: "electron-utility", name, ...(child.pid === undefined ? {} : { pid: child.pid }) };
    },
    send: (details, port) => child.postMessage({ [peerWord]: details }, [port] as never[]),
    start() {
      stop = listenShared(child, "exit", events.over);
    },
    stop: () => stop(),
  };
}

/** Which of the documents that wait is meant, and the page whose end is the link's. */
interface Meant {
  readonly webContents: WebContentsLike | undefined;
  readonly frame: FrameLike;
  is(hearer: Hearer): boolean;
}

function page(webContents: WebContentsLike): Meant {
  const is = (hearer: Hearer): boolean => hearer.webContents === webContents && hearer.frame.parent === null;
  return { webContents, frame: webContents.mainFrame, is };
}

function oneFrame(frame: FrameLike): Meant {
  const { frameTreeNodeId } = frame;
  // Electron's own objects: a frame's page is found by it.
  const webContents = (electronWebContents.fromFrame(frame as never) ?? undefined) as WebContentsLike | undefined;
  return { webContents, frame, is: (hearer) => hearer.frame.frameTreeNodeId === frameTreeNodeId };
}

function documentSide(
  { webContents, frame, is }: Meant,
  { name, allow }: SideOptions,
  events: LinkSideEvents,
): LinkSide {
  const allowed = allow === undefined ? undefined : allowRule(allow);
  let pinned = identityOf(frame);
  let hearer: Hearer | undefined;
  let stopHearing = (): void => {};
  let stopWatching = (): void => {};

  const hear = (found: Hearer): void => {
    if (found.name !== name || !is(found)) return;
    const identity = identityOf(found);
    if (allowed ? !allowed(found.frame) : pinned !== undefined && pinned !== identity) return;
    pinned ??= identity;
    hearer = found;
    events.ready();
  };
  return {
    get ready() {
      return hearer !== undefined && !hearer.gone;
    },
    get details(): PeerDetails | undefined {
      if (!hearer) return undefined;
      const { origin, url } = hearer;
      return { kind: "electron-frame", name, origin, url, webContentsId: hearer.webContents.id };
    },
    send: (details, port) => hearer?.send(details, port),
    start() {
      if (webContents) stopWatching = listenShared(webContents, "destroyed", events.over);
      stopHearing = onHearer(hear);
    },
    stop() {
      stopWatching();
      stopHearing();
    },
  };
}

/** What must stay the same for a page to be the same page; `undefined` before there is one. */
function identityOf({ url, origin }: { readonly url: string; readonly origin: string }): string | undefined {
  if (url === "" || url === "about:blank") return undefined;
  return url.startsWith("file:") ? new URL(url).pathname : origin;
}
