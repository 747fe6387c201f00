import type { Readable } from "node:stream";

/** How much of the end of standard error is kept, in UTF-16 units. */
const kept = 4_096;

/** The end of what a stream brings, which it hands on as it comes. */
export class StderrTail {
  readonly #stream: Readable | null;
  readonly #handOn: (text: string) => void;
  readonly #decoder = new TextDecoder();
  #tail = "";

  constructor(stream: Readable | null, handOn: (text: string) => void) {
    this.#stream = stream;
    this.#handOn = handOn;
    stream?.on("data", this.#arrived);
  }

  get text(): string {
    return this.#tail;
  }

  /** Stops listening; the stream runs on into nothing. */
  detach(): void {
    this.#stream?.off("data", this.#arrived);
    this.#stream?.resume();
  }

  readonly #arrived = (chunk: Uint8Array): void => {
    const text = this.#decoder.decode(chunk, { stream: true });
    this.#tail = (this.#tail + text).slice(-kept);
    this.#handOn(text);
  };
}
