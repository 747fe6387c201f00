import { createClient, safe, stats } from "@portolan/client";
import { serve } from "@portolan/server";
import { dataChannelTransport } from "./recipes/data-channel-transport.ts";
import { piecesOf, upload } from "./recipes/file-upload.ts";

// What runs over data channels, in a page and in Node alike: it takes the class of connections and gives plain data.

/** A class of connections: the browser's, or that of a package for Node. */
export type PeerConnectionClass = new (configuration: RTCConfiguration) => RTCPeerConnection;

const api = { upload, echo: <T>(value: T) => value, never: () => new Promise<void>(() => {}) };

/** Uploads a file over a channel that still connects when the client is made. */
export async function uploadOver(PeerConnection: PeerConnectionClass, size: number) {
  const ends = await joined(PeerConnection, "connecting");
  const file = new Blob([sample(size)]);
  const progress: number[] = [];
  const { hash, ...received } = await ends.client.upload("a.png", piecesOf(file), (done) => progress.push(done));
  const sent = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const held = () => [stats(ends.client), ...[...ends.server.sessions].map((session) => session.stats())];
  // The answers to the last words of progress may still be on their way.
  for (let turn = 0; turn < 100 && held().some((end) => end?.calls.inFlight); turn++) await ends.client.echo(turn);
  const left = held();
  const listeners = await ends.leave();
  const stillOpen = [ends.channel.readyState, ends.farChannel.readyState];
  ends.hangUp();
  return { received, intact: same(hash, new Uint8Array(sent)), progress, left, listeners, stillOpen };
}

/** Sends, both ways, far more than the channel should buffer, in messages as large as it takes. */
export async function fillBuffersOf(PeerConnection: PeerConnectionClass) {
  const ends = await joined(PeerConnection, "open");
  const bytes = sample(800_000);
  const echoes = await Promise.all([1, 2, 3].map(() => ends.client.echo(bytes)));
  const text = "ä€".repeat(100_000);
  const textIntact = (await ends.client.echo(text)) === text;
  const listeners = await ends.leave();
  ends.hangUp();
  const { mostBuffered, largest } = ends.channel;
  return {
    intact: textIntact && echoes.every((echo) => same(echo as Uint8Array, bytes)),
    mostBuffered,
    largest,
    listeners,
  };
}

/** Closes the far connection under a call, and calls once more. */
export async function loseFarEndOf(PeerConnection: PeerConnectionClass) {
  const ends = await joined(PeerConnection, "open");
  const call = safe(ends.client.never());
  await ends.client.echo(new Uint8Array(1)); // By now the far end has both.
  ends.far.close();
  const errors = [(await call).error, (await safe(ends.client.never())).error];
  const listeners = await ends.leave();
  ends.hangUp();
  return { errors: errors.map((error) => [error?.code, error?.delivered, error?.message]), listeners };
}

/** Sends on a transport whose channel still connects, and tells what arrives. */
export async function sendEarlyOver(PeerConnection: PeerConnectionClass) {
  const near = new PeerConnection(loopback);
  const far = new PeerConnection(loopback);
  const transport = dataChannelTransport(near.createDataChannel("portolan"), near);
  transport.send(Uint8Array.of(1, 2, 3).subarray(1));
  const arrived = new Promise<unknown>((resolve) => {
    far.ondatachannel = ({ channel }) => dataChannelTransport(channel, far).receive(resolve);
  });
  await introduce(near, far);
  const bytes = [...((await arrived) as Uint8Array)];
  transport.close();
  near.close();
  far.close();
  return bytes;
}

/** What a page that loaded this file has as `runs`. */
export interface DataChannelRuns {
  readonly uploadOver: typeof uploadOver;
  readonly fillBuffersOf: typeof fillBuffersOf;
  readonly loseFarEndOf: typeof loseFarEndOf;
  readonly sendEarlyOver: typeof sendEarlyOver;
}

/** What node-datachannel needs on a machine without a network; browsers do not know the second name. */
const loopback = { iceServers: [], bindAddress: "127.0.0.1" };

/** Two connections of one runtime, and a session on the channel between them. */
async function joined(PeerConnection: PeerConnectionClass, from: "connecting" | "open") {
  const near = new PeerConnection(loopback);
  const far = new PeerConnection(loopback);
  const channel = watched(near.createDataChannel("portolan"));
  const connect = () => createClient<typeof api>(dataChannelTransport(channel, near));
  const early = from === "connecting" ? connect() : undefined;
  const arriving = new Promise<RTCDataChannel>((resolve) => {
    far.ondatachannel = (event) => resolve(event.channel);
  });
  await introduce(near, far);
  const farChannel = watched(await arriving);
  const server = serve(dataChannelTransport(farChannel, far), api);
  const client = early ?? connect();
  return {
    ...{ near, far, channel, farChannel, client, server },
    /** Ends the session, and says how many listeners are left on the channels. */
    async leave() {
      await client.close();
      await server.close();
      return channel.listeners.size + farChannel.listeners.size;
    },
    hangUp() {
      near.close();
      far.close();
    },
  };
}

/**
 * What a signalling server is for, where the two are apart. The near end learns all addresses of the far one, which
 * learns the near one's when it is called: libdatachannel gives up when it is called before it has the answer.
 */
async function introduce(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
  const offer = await near.createOffer();
  await near.setLocalDescription(offer);
  await far.setRemoteDescription(offer);
  await far.setLocalDescription(await far.createAnswer());
  await new Promise<void>((resolve) => {
    const look = () => far.iceGatheringState === "complete" && resolve();
    far.onicegatheringstatechange = look;
    look();
  });
  await near.setRemoteDescription(far.localDescription as RTCSessionDescription);
}

/** A channel that tells its listeners, its largest message and the most that waited in it. */
function watched(channel: RTCDataChannel) {
  const { addEventListener, removeEventListener, send } = channel;
  return Object.assign(channel, {
    listeners: new Set<unknown>(),
    largest: 0,
    mostBuffered: 0,
    addEventListener(this: { listeners: Set<unknown> }, type: string, listener: EventListener) {
      this.listeners.add(listener);
      addEventListener.call(channel, type, listener);
    },
    removeEventListener(this: { listeners: Set<unknown> }, type: string, listener: EventListener) {
      this.listeners.delete(listener);
      removeEventListener.call(channel, type, listener);
    },
    send(this: { largest: number; mostBuffered: number }, data: Uint8Array<ArrayBuffer>) {
      send.call(channel, data);
      this.largest = Math.max(this.largest, data.length);
      this.mostBuffered = Math.max(this.mostBuffered, channel.bufferedAmount);
    },
  });
}

function sample(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) % 251);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
