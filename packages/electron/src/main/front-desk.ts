import { RpcError } from "@portolan/protocol";
import { BrowserWindow, ipcMain } from "electron";
import type { MainPortLike } from "../ports/port-shapes.ts";
import { answerWord, type ConnectRequest, connectWord, parseRequest } from "../words.ts";
import { tenantsOf } from "./documents.ts";
import type { FrameLike, FrameRequest, WebContentsLike, WindowLike } from "./frame-shapes.ts";
import { isNews, reportIsolated } from "./news.ts";

/** Who takes what pages ask for. */
export interface Taker {
  readonly to: ConnectRequest[0];
  /** Only requests under this name; `undefined`: under any. */
  readonly name: string | undefined;
  /** Takes the port, or throws the RpcError that refuses it. */
  take(request: FrameRequest): void;
  /** Hears of what was refused, and of requests that name nobody. */
  report(error: unknown): void;
}

/** How many ports one document may hold at a time. */
const maxPorts = 64;

const takers = new Set<Taker>();

/**
 * Sends to `taker` what pages ask for, over the one listener that `ipcMain` has for all of them.
 * Throws an RpcError FAILED_PRECONDITION if the name is taken. Returns the way to stop.
 */
export function atFrontDesk(taker: Taker): () => void {
  if ([...takers].some(({ to, name }) => to === taker.to && name === taker.name)) {
    const what = `another rendererListener already answers to the name "${taker.name}"`;
    throw new RpcError("FAILED_PRECONDITION", what, { delivered: "no" });
  }
  if (takers.size === 0) ipcMain.on(connectWord, receive as never);
  takers.add(taker);
  return () => {
    if (takers.delete(taker) && takers.size === 0) ipcMain.off(connectWord, receive as never);
  };
}

/** Tells a page that it has got through. */
export function welcome(port: MainPortLike): void {
  port.postMessage({ [answerWord]: ["accepted"] });
}

interface ConnectEvent {
  readonly sender: WebContentsLike;
  readonly senderFrame: FrameLike | null;
  readonly ports: readonly MainPortLike[];
}

/** Never throws: an error here would be an uncaught one in main. */
function receive(event: ConnectEvent, data: unknown): void {
  const { ports } = event;
  const asked = parseRequest(data);
  const taker = [...takers].find(({ to, name }) => to === asked?.[0] && (name === undefined || name === asked[1]));
  try {
    if (!asked) throw refused("PERMISSION_DENIED", "no page of Portolan's asks like that");
    if (!taker) throw refused("UNAVAILABLE", `nobody in main answers to the name "${asked[1]}"`);
    taker.take(identify(event, asked[1]));
  } catch (error) {
    const refusal = RpcError.from(error);
    for (const port of ports) turnAway(port, refusal);
    if (!isNews(event.sender, refusal.message)) return;
    for (const { report } of taker ? [taker] : [...takers].slice(0, 1)) reportIsolated(report, refusal);
  }
}

/** Who asks. What Electron tells of a frame that is gone throws, and refuses. */
function identify({ sender, senderFrame, ports }: ConnectEvent, name: string): FrameRequest {
  if (!senderFrame) throw refused("UNAVAILABLE", "the page that asked is gone");
  const [port] = ports;
  if (!port || ports.length !== 1) throw refused("PERMISSION_DENIED", `a page asks with one port, not ${ports.length}`);
  if (tenantsOf(sender, senderFrame.frameTreeNodeId) >= maxPorts) {
    throw refused("RESOURCE_EXHAUSTED", `a page may hold ${maxPorts} ports to main at a time`);
  }
  // `fromWebContents` wants Electron's own class, which this is.
  const window = (BrowserWindow.fromWebContents(sender as never) ?? undefined) as WindowLike | undefined;
  const { url, origin } = senderFrame;
  return { frame: senderFrame, webContents: sender, window, origin, url, name, port };
}

function turnAway(port: MainPortLike, { code, message }: RpcError): void {
  try {
    port.postMessage({ [answerWord]: ["refused", code, message] });
    port.close();
  } catch {
    // The page is gone with its port: nobody is left to be told.
  }
}

function refused(code: string, message: string): RpcError {
  return new RpcError(code, message, { delivered: "no" });
}
