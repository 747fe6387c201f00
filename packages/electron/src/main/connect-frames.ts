import { relay } from "@portolan/protocol";
import { MessageChannelMain } from "electron";
import { mainPortTransport } from "../ports/main-port-transport.ts";
import type { MainPortLike } from "../ports/port-shapes.ts";
import { checkLinkName, type PeerDetails } from "../words.ts";
import type { Allow } from "./allow.ts";
import type { LinkEnd } from "./frame-shapes.ts";
import { checkLinkEnd, type LinkSide, linkSide } from "./link-side.ts";
import { openPeerDesk } from "./peer-desk.ts";

/** How to link two ends. */
export interface ConnectFramesOptions {
  /** What both sides' `peerListener({ name })` answer to. */
  readonly name: string;
  /**
   * Which pages may be linked, as in `rendererListener`. Default: whatever page each frame shows first; a later one in
   * its place only if it has the same origin (for files: is the same file).
   */
  readonly allow?: Allow;
  /**
   * `"direct"`: a port each, and main is out of the path. `"main"`: main passes every message on, undecoded, so that
   * closing the link cuts it. Default `"direct"`.
   */
  readonly via?: "direct" | "main";
}

/** Two frames that are kept connected. */
export interface FrameLink {
  /** Stops connecting. What is connected directly stays so until one of the two ends it. Quiet when called twice. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Gives two frames (or a frame and a utility process) a port to one another, with each other's identity. Both hear of
 * it by `peerListener({ name })`, and whichever of them is reloaded gets a new one. Holding the port is the permission:
 * nobody else can use it. The link ends by itself when a window closes or the process exits.
 *
 * Throws a TypeError for what cannot be linked, and without a name.
 */
export function connectFrames(a: LinkEnd, b: LinkEnd, options: ConnectFramesOptions): FrameLink {
  for (const end of [a, b]) checkLinkEnd(end);
  checkLinkName(options, "connectFrames(a, b, { name })");
  const closeDesk = openPeerDesk();
  const cuts = new Set<() => void>();
  let open = true;
  const deal = (): void => {
    if (!sideA.ready || !sideB.ready) return;
    const cut = options.via === "main" ? dealRelayed(sideA, sideB) : dealDirect(sideA, sideB);
    if (cut) cuts.add(cut);
  };
  const close = (): void => {
    if (!open) return;
    open = false;
    sideA.stop();
    sideB.stop();
    closeDesk();
    for (const cut of cuts) cut();
  };
  const sideA = linkSide(a, options, { ready: deal, over: close });
  const sideB = linkSide(b, options, { ready: deal, over: close });
  sideA.start();
  sideB.start();
  return { close, [Symbol.dispose]: close };
}

function dealDirect(a: LinkSide, b: LinkSide): undefined {
  const { port1, port2 } = new MessageChannelMain();
  give(a, b, port1);
  give(b, a, port2);
}

/** Main keeps an end of each side's channel and joins them. Returns the way to cut it. */
function dealRelayed(a: LinkSide, b: LinkSide): () => void {
  const toA = new MessageChannelMain();
  const toB = new MessageChannelMain();
  give(a, b, toA.port1, "main");
  give(b, a, toB.port1, "main");
  const transports = [toA, toB].map(({ port2 }) =>
    mainPortTransport(port2 as unknown as MainPortLike, { peer: { kind: "electron-frame" }, trusted: false }),
  );
  const [forA, forB] = transports;
  if (forA && forB) relay(forA, forB);
  return () => {
    for (const transport of transports) transport.close();
  };
}

function give(to: LinkSide, from: LinkSide, port: unknown, via?: "main"): void {
  // Each side is ready: `deal` has looked.
  const details = from.details as PeerDetails;
  to.send(via ? { ...details, via } : details, port as MainPortLike);
}
