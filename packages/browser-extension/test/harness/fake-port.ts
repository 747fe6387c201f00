import type { ExtensionEvent, RuntimePortLike, SenderLike } from "../../src/extension-api.ts";

/** An event that counts who listens. */
export class FakeEvent<Arguments extends readonly unknown[]> implements ExtensionEvent<Arguments> {
  readonly listeners = new Set<(...args: Arguments) => void>();

  addListener(listener: (...args: Arguments) => void): void {
    this.listeners.add(listener);
  }

  removeListener(listener: (...args: Arguments) => void): void {
    this.listeners.delete(listener);
  }

  emit(...args: Arguments): void {
    for (const listener of [...this.listeners]) listener(...args);
  }
}

/** One end of a port, as a runtime that sends JSON has it; the test is the other end. */
export class FakePort implements RuntimePortLike {
  readonly onMessage = new FakeEvent<[message: unknown]>();
  readonly onDisconnect = new FakeEvent<[port: never]>();
  readonly posted: unknown[] = [];
  disconnected = false;
  readonly name: string;
  readonly sender: SenderLike | undefined;

  constructor(name: string, sender?: SenderLike) {
    this.name = name;
    this.sender = sender;
  }

  postMessage(message: unknown): void {
    if (this.disconnected) throw new Error("Attempt to postMessage on disconnected port");
    this.posted.push(JSON.parse(JSON.stringify(message)));
  }

  disconnect(): void {
    this.disconnected = true;
  }

  get listeners(): number {
    return this.onMessage.listeners.size + this.onDisconnect.listeners.size;
  }
}
