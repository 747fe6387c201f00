/** How full a socket's buffer may be, and whom to tell when it has room again. */
export interface SendPressureOptions {
  /** Bytes from which on the socket counts as blocked. */
  readonly highWaterMark: number;
  /** Bytes that wait at the socket now. */
  buffered(): number;
  /** The socket has room again. */
  writable(): void;
}

/** How often a full buffer is looked at, in milliseconds. */
const interval = 2;

/**
 * Watches `bufferedAmount`. WebSockets tell nobody when their buffer empties, so
 * a timer looks, but only while the buffer is full.
 */
export class SendPressure {
  readonly #options: SendPressureOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SendPressureOptions) {
    this.#options = options;
  }

  /** True from the high-water mark until half of it has left. */
  get blocked(): boolean {
    return this.#timer !== undefined;
  }

  /** To be called after each send. */
  check(): void {
    if (this.#timer === undefined && this.#options.buffered() >= this.#options.highWaterMark) this.#watch();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #watch(): void {
    this.#timer = setTimeout(() => {
      if (this.#options.buffered() > this.#options.highWaterMark / 2) return this.#watch();
      this.#timer = undefined;
      this.#options.writable();
    }, interval);
  }
}
