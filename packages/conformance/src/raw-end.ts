import { type Codec, type CodecSession, clone, json, ndjson, type Transport } from "@portolan/protocol";

/** Sends frames over a transport with no session between, and keeps all that arrive. */
export class RawEnd {
  readonly transport: Transport;
  readonly received: unknown[] = [];
  readonly stop: () => void;
  readonly #codec: CodecSession;
  #waiting: (() => void)[] = [];

  constructor(transport: Transport) {
    this.transport = transport;
    this.#codec = codecOf(transport).open();
    this.stop = transport.receive((data) => this.#take(data));
    transport.onClose(() => this.#wake());
  }

  send(frame: unknown, transfer?: readonly object[]): void {
    this.transport.send(this.#codec.encode(frame), transfer);
  }

  /** Waits until so many frames have come, or the end; returns all that have. */
  async atLeast(count: number): Promise<readonly unknown[]> {
    while (this.received.length < count && !this.transport.ended) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    return this.received;
  }

  /** Waits for the first frame that fits. */
  async find(fits: (frame: unknown) => boolean): Promise<unknown> {
    for (let seen = 0; ; seen = this.received.length) {
      const found = this.received.find(fits);
      if (found !== undefined) return found;
      if (this.transport.ended) throw new Error(`the transport ended: ${this.transport.ended.message}`);
      await this.atLeast(seen + 1);
    }
  }

  #take(data: unknown): void {
    this.received.push(...this.#codec.decode(data));
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** What sessions speak on a transport: its own codec, or the simplest for what it carries. */
export function codecOf({ codec, traits }: Pick<Transport, "codec" | "traits">): Codec {
  if (codec) return codec;
  if (traits.carries === "text") return json();
  return traits.carries === "bytes" ? ndjson() : clone();
}
