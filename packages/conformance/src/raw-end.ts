import { type Carriage, type CodecSession, clone, json, ndjson, type Transport } from "@portolan/protocol";

/** Sends frames over a transport with no session between, and keeps all that arrive. */
export class RawEnd {
  readonly transport: Transport;
  readonly received: unknown[] = [];
  readonly stop: () => void;
  readonly #codec: CodecSession;
  #waiting: (() => void)[] = [];

  constructor(transport: Transport) {
    this.transport = transport;
    this.#codec = codecFor(transport.traits.carries).open();
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

/** The simplest codec for what a transport carries. */
export function codecFor(carries: Carriage): ReturnType<typeof clone> {
  switch (carries) {
    case "clone":
    case "json":
      return clone();
    case "text":
      return json();
    case "bytes":
      return ndjson();
  }
}
