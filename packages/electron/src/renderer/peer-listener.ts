import type { Listener, Transport } from "@portolan/protocol";
import { pagePortTransport } from "../ports/page-port-transport.ts";
import type { PagePortLike } from "../ports/port-shapes.ts";
import { checkLinkName, type PeerDetails, parseAnswer, peerWord, wordIn } from "../words.ts";
import { askMain } from "./ask-main.ts";

/** Which links to hear. */
export interface PeerListenerOptions {
  /** The name that main gave the link in `connectFrames(a, b, { name })`. */
  readonly name: string;
  /** Whether the other end is as trusted as this page. Default false. */
  readonly trusted?: boolean;
}

/** How long after main turned us away to ask again, in ms: it may not have called `connectFrames` yet. */
const firstPause = 50;
const longestPause = 2_000;
const patience = 1_000;

/**
 * Hears of frames and utility processes that main connects with this page by `connectFrames`. Each arrives as a
 * transport whose peer carries `kind`, `name`, `origin` and `url`, as main vouches for them; main is out of the path
 * from then on. A frame's reload brings a new one. `ready` rejects with FAILED_PRECONDITION if there is no preload.
 * Throws a TypeError without a name.
 */
export function peerListener(options: PeerListenerOptions): Listener {
  checkLinkName(options, "peerListener({ name })");
  const { name, trusted = false } = options;
  let settle!: { resolve: () => void; reject: (error: unknown) => void };
  const ready = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  ready.catch(() => {});
  let stop = (): void => {};
  return {
    address: name,
    ready,
    accept(arrive) {
      stop = keepAsking(name, {
        waiting: settle.resolve,
        failed: settle.reject,
        peer: (details, port) => arrive(peerTransport(details, port, trusted)),
      });
    },
    async close() {
      stop();
    },
  };
}

function peerTransport(details: PeerDetails, port: PagePortLike, trusted: boolean): Transport {
  return pagePortTransport(port, {
    peer: { ...details },
    trusted,
    towardsMain: details.kind !== "electron-frame" || details.via === "main",
  });
}

interface Heard {
  /** Main keeps our port. */
  waiting(): void;
  /** There is no way to main at all. */
  failed(error: unknown): void;
  peer(details: PeerDetails, port: PagePortLike): void;
}

/** Keeps a port at main's, over which it sends peers. Returns the way to stop. */
function keepAsking(name: string, heard: Heard): () => void {
  let pause = firstPause;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => {};

  const ask = (): void => {
    const asked = askMain(["peers", name], (error) => {
      stop();
      heard.failed(error);
    });
    const { port } = asked;
    const answered = (): void => {
      clearTimeout(timer);
      asked.settle();
    };
    const again = (): void => {
      stop();
      timer = setTimeout(ask, pause);
      pause = Math.min(pause * 2, longestPause);
    };
    port.onmessage = (event: MessageEvent) => {
      answered();
      if (parseAnswer(event.data)?.[0] === "refused") return;
      pause = firstPause;
      tellOf(event, heard);
    };
    port.addEventListener("close", again);
    stop = () => {
      answered();
      port.removeEventListener("close", again);
      port.onmessage = null;
      port.close();
    };
    // Electron does not tell that nobody took a port.
    timer = setTimeout(again, patience);
  };
  ask();
  return () => stop();
}

/** Main keeps the port; it may have sent a peer over it. */
function tellOf({ data, ports }: MessageEvent, heard: Heard): void {
  heard.waiting();
  const details = wordIn(data, peerWord) as PeerDetails | undefined;
  if (details && ports[0]) heard.peer(details, ports[0] as unknown as PagePortLike);
}
