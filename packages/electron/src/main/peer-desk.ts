import { mainPortTransport } from "../ports/main-port-transport.ts";
import type { MainPortLike } from "../ports/port-shapes.ts";
import { type PeerDetails, peerWord } from "../words.ts";
import { portHasClosed, type Tenant, tenancy } from "./documents.ts";
import type { FrameRequest } from "./frame-shapes.ts";
import { atFrontDesk, welcome } from "./front-desk.ts";

/** A document that wants to hear of peers under a name. Having asked gives it nothing: only `connectFrames` does. */
export interface Hearer extends Omit<FrameRequest, "port"> {
  /** Sends it a peer. */
  send(details: PeerDetails, port: MainPortLike): void;
  readonly gone: boolean;
}

const hearers = new Set<Hearer>();
const brokers = new Set<(hearer: Hearer) => void>();
let users = 0;
let leaveDesk = (): void => {};

/** Keeps the ports of documents that wait for peers, for as long as anyone uses this. Returns the way to stop. */
export function openPeerDesk(): () => void {
  if (users++ === 0) leaveDesk = atFrontDesk({ to: "peers", name: undefined, take, report: console.error });
  let open = true;
  return () => {
    if (!open) return;
    open = false;
    if (--users === 0) leaveDesk();
  };
}

/** Calls `broker` with every document that waits, now and later. Returns the way to stop. */
export function onHearer(broker: (hearer: Hearer) => void): () => void {
  const own = (hearer: Hearer): void => broker(hearer);
  brokers.add(own);
  for (const hearer of [...hearers]) own(hearer);
  return () => void brokers.delete(own);
}

function take({ port, ...details }: FrameRequest): void {
  const { webContents, frame } = details;
  const tenant: Tenant = { frameTreeNodeId: frame.frameTreeNodeId, end: (reason) => transport.close(reason) };
  const leave = tenancy(webContents, tenant);
  welcome(port);
  let gone = false;
  const hearer: Hearer = {
    ...details,
    get gone() {
      return gone;
    },
    send: (peer, end) => transport.send({ [peerWord]: peer }, [end]),
  };
  const transport = mainPortTransport(port, {
    peer: { kind: "electron-frame" },
    trusted: false,
    beside: true,
    explain: () => portHasClosed(webContents, tenant),
    ended() {
      gone = true;
      hearers.delete(hearer);
      leave();
    },
  });
  // What a page says here is of no interest.
  transport.receive(() => {});
  hearers.add(hearer);
  for (const broker of [...brokers]) broker(hearer);
}
