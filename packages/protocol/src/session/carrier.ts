import type { Codec, CodecOptions, CodecSession } from "../codec.ts";
import { RpcError } from "../error.ts";
import { type FragmentMessage, Kind, type Message } from "../message.ts";
import { foldRuns } from "../runs.ts";
import type { Transport } from "../transport.ts";
import { lendPieces } from "../write-room.ts";
import { Assembly, cutFragments, joinChunks, ownChunk } from "./fragments.ts";
import { exceeded, type Limits } from "./limits.ts";
import { weightOf } from "./weight.ts";

/** What a carrier tells its session. */
export interface CarrierOwner {
  /** Frames arrived together: messages or batches of them, unchecked. */
  frames(frames: readonly unknown[]): void;
  /** What arrived cannot be right: the conversation is over. */
  broken(error: unknown): void;
  /** The port can take more again. */
  writable(): void;
}

/**
 * Codec and transport of one session, and what lies between: large frames are
 * cut to what the carrier takes, and put together again.
 */
export class Carrier {
  readonly #transport: Transport;
  readonly #codec: Codec;
  readonly #codecOptions: CodecOptions;
  readonly #state: CodecSession;
  readonly #owner: CarrierOwner;
  readonly #limits: Limits;
  #assembly: Assembly | undefined;
  readonly #longest: number;
  readonly #waiting: FragmentMessage[] = [];
  #raw: WeakSet<readonly unknown[]> | undefined;
  #stop: readonly (() => void)[] = [];
  #inner: CodecSession | undefined;
  #fragmentId = 0;
  /** The largest message of the way, and the largest that the peer takes. Set by hello. */
  wayLimit: number;
  peerAccepts: number = Number.POSITIVE_INFINITY;

  constructor(transport: Transport, codec: Codec, limits: Limits, owner: CarrierOwner) {
    this.#transport = transport;
    this.#codec = codec;
    this.#owner = owner;
    this.wayLimit = transport.traits.maxMessage;
    const { trusted } = transport.traits;
    this.#longest = trusted ? Number.POSITIVE_INFINITY : limits.message;
    const guard = trusted ? {} : { guard: { depth: limits.depth + frameDepth, nodes: limits.nodes } };
    this.#codecOptions = { maxBuffer: this.#longest, ...guard };
    this.#state = codec.open(this.#codecOptions);
    this.#limits = limits;
  }

  /** Starts listening. What has arrived already is heard in this turn, so every room must be there. */
  listen(): void {
    this.#stop = [
      this.#transport.onWritable(() => this.#continue()),
      this.#transport.receive((data) => this.#receive(data)),
    ];
  }

  /** True when frames go as objects, so that values may ride in them natively. */
  get objects(): boolean {
    return this.#codec.carries === "clone";
  }

  get blocked(): boolean {
    return this.#waiting.length > 0 || this.#transport.blocked;
  }

  /** Bytes of a fragmented message that wait for their end. */
  get assembling(): number {
    return this.#assembly?.bytes ?? 0;
  }

  /** This message goes as a structured clone although the codec makes text or bytes. */
  markRaw(message: Message): void {
    this.#raw ??= new WeakSet();
    this.#raw.add(message);
  }

  /**
   * This message must be understood whatever codec the peer uses: hello, and the
   * goodbye that tells of two codecs. Where objects are carried it goes as one.
   */
  markPlain(message: Message): void {
    if (this.#codec.carries !== "clone" && this.#takesObjects) this.markRaw(message);
  }

  get #takesObjects(): boolean {
    const { carries } = this.#transport.traits;
    return carries === "clone" || carries === "json";
  }

  /** Sends messages as one frame. Throws what the platform throws when it refuses. */
  sendMessages(messages: readonly Message[], transfer: readonly object[], bytes: number): void {
    // Weighed only where it could matter: a peer that trusts us takes whatever we send.
    if (bytes > this.peerAccepts && this.objects) this.#demandRoom(weightOf(messages));
    if (this.#raw && messages.some((message) => this.#raw?.has(message))) return this.#sendEach(messages, transfer);
    // Strangers know messages one by one.
    const folded = messages.length > 1 && this.#codec.greets !== false ? foldRuns(messages) : messages;
    this.#sendFrame(folded.length === 1 ? folded[0] : folded, transfer);
  }

  /** Messages that go in different forms cannot share a frame. */
  #sendEach(messages: readonly Message[], transfer: readonly object[]): void {
    for (const message of messages) {
      if (this.#raw?.has(message)) this.#transport.send(message, transfer);
      else this.#sendFrame(message, []);
    }
  }

  #sendFrame(frame: unknown, transfer: readonly object[]): void {
    if (this.objects) return this.#sendObjects(frame, transfer);
    const encoded = this.#state.encode(frame) as string | Uint8Array | undefined;
    if (encoded === undefined) {
      throw new RpcError("UNIMPLEMENTED", "the peer does not know such messages", { delivered: "no" });
    }
    this.#demandRoom(encoded.length);
    if (encoded.length <= this.wayLimit) return this.#transport.send(encoded);
    if (this.#codec.chunks === "bytes") return this.#sendFragments(frame, [encoded], 1);
    // Quotes and backslashes of a text double when it is quoted inside another; in bytes a character may be three.
    if (typeof encoded === "string") this.#sendFragments(frame, [encoded], 2);
    else this.#sendFragments(frame, [new TextDecoder().decode(encoded)], 3);
  }

  #sendObjects(frame: unknown, transfer: readonly object[]): void {
    const limited = this.wayLimit !== Number.POSITIVE_INFINITY;
    const parts = limited ? this.#codec.pieces?.write(frame, this.wayLimit) : undefined;
    if (!parts) return this.#transport.send(frame, transfer);
    this.#demandRoom(parts.reduce((sum, { length }) => sum + length, 0));
    this.#sendFragments(frame, parts, 1);
  }

  #demandRoom(length: number): void {
    if (length > this.peerAccepts) throw exceeded("bytes in one message (send it as a stream)", this.peerAccepts);
  }

  /** Stops listening. */
  close(): void {
    for (const stop of this.#stop) stop();
    this.#assembly?.clear();
    this.#waiting.length = 0;
  }

  #sendFragments(frame: unknown, parts: readonly (string | Uint8Array)[], growth: number): void {
    if (holdsHello(frame)) throw exceeded("bytes in a hello on this way", this.wayLimit);
    const size = Math.max(1, Math.floor((this.wayLimit - fragmentOverhead) / growth));
    for (const fragment of cutFragments(++this.#fragmentId, parts, size)) this.#waiting.push(fragment);
    lendPieces(parts[0], this.#waiting.at(-1)?.[3]);
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    while (!this.#transport.blocked) {
      const fragment = this.#waiting.shift();
      if (!fragment) return;
      const encoded = this.objects ? undefined : this.#state.encode(fragment);
      if (!Array.isArray(encoded)) this.#transport.send(encoded ?? ownChunk(fragment));
      else for (const part of encoded) this.#transport.send(part);
    }
  }

  #continue(): void {
    this.#sendWaiting();
    if (!this.blocked) this.#owner.writable();
  }

  #receive(data: unknown): void {
    try {
      const frames = this.#decode(data);
      if (frames.length > 0) this.#owner.frames(frames);
    } catch (error) {
      this.#owner.broken(error);
    }
  }

  #decode(data: unknown): readonly unknown[] {
    // Either mode may be used for each message: objects beside text on one port.
    if (Array.isArray(data) && this.#takesObjects) return [data];
    const length = typeof data === "string" ? data.length : ArrayBuffer.isView(data) ? data.byteLength : 0;
    if (length > this.#longest && this.#transport.traits.framed) throw exceeded("bytes in one message", this.#longest);
    return this.#state.decode(data);
  }

  /** Takes a checked fragment; returns the frames that it completes. Throws what decoding throws. */
  assemble(fragment: FragmentMessage): readonly unknown[] {
    if (this.#codec.chunks === "bytes") return this.#decodePiece(fragment);
    const chunks = this.#takeFragment(fragment, true);
    if (!chunks) return [];
    if (this.#codec.pieces) return [this.#codec.pieces.read(chunks, this.#codecOptions.guard)];
    const whole = joinChunks(chunks);
    const inner = this.#codec.open(this.#codecOptions);
    return inner.decode(this.#codec.framed && typeof whole === "string" ? `${whole}\n` : whole);
  }

  /** Pieces are put together as they come, so that the last one leaves little to do. */
  #decodePiece(fragment: FragmentMessage): readonly unknown[] {
    // A state of its own for each message: the stream's may hold the beginning of the next frame.
    this.#inner ??= this.#codec.open(this.#codecOptions);
    const inner = this.#inner;
    try {
      this.#takeFragment(fragment, false);
    } finally {
      if (this.assembling === 0) this.#inner = undefined;
    }
    return inner.decode(fragment[3]);
  }

  #takeFragment(fragment: FragmentMessage, keep: boolean): readonly (string | Uint8Array)[] | undefined {
    const limits = { bytes: this.#longest, timeToLive: this.#limits.fragments };
    this.#assembly ??= new Assembly(limits, (error) => {
      this.#inner = undefined;
      this.#owner.broken(error);
    });
    return this.#assembly.take(fragment, keep);
  }
}

/** Hello never travels in fragments, in which relays could not narrow it. */
function holdsHello(frame: unknown): boolean {
  const [first] = frame as readonly unknown[];
  return (Array.isArray(first) ? first[0] : first) === Kind.hello;
}

/** Messages and batches nest values this much deeper. */
const frameDepth = 4;
const fragmentOverhead = 48;
