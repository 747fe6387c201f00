import type { TransportEvents } from "@portolan/protocol";
import type { Refable } from "./refable.ts";

/** One end of an IPC channel: a child process as its parent sees it, or `process` in the child. */
export interface IpcEnd {
  readonly connected: boolean;
  readonly channel?: Refable | null | undefined;
  send?(message: object, handle: undefined, options: undefined, sent: (error: Error | null) => void): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  off(event: "message", listener: (message: unknown) => void): unknown;
}

/** Messages in and out over IPC. How the channel ends is its owner's to watch. */
export class IpcPort {
  readonly #end: IpcEnd;
  readonly #events: TransportEvents;
  readonly #lost: (error: Error) => void;
  #sending = 0;
  #full = false;

  /** `lost` hears when a message could not be written any more. */
  constructor(end: IpcEnd, events: TransportEvents, lost: (error: Error) => void) {
    this.#end = end;
    this.#events = events;
    this.#lost = lost;
    end.on("message", this.#arrived);
  }

  get blocked(): boolean {
    return this.#full;
  }

  send(message: unknown): void {
    this.#sending++;
    try {
      // Messages are arrays; with a callback, Node hands failures to it instead of raising them.
      if (this.#end.send?.(message as object, undefined, undefined, this.#sent) === false) this.#full = true;
    } catch (error) {
      this.#sending--;
      throw error;
    }
  }

  detach(): void {
    this.#end.off("message", this.#arrived);
  }

  readonly #arrived = (message: unknown): void => this.#events.message(message);

  readonly #sent = (error: Error | null): void => {
    this.#sending--;
    if (error) this.#lost(error);
    if (!this.#full || this.#sending > 0) return;
    this.#full = false;
    this.#events.writable();
  };
}
