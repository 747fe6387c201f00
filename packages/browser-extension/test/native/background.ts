import { openSession } from "@portolan/protocol";
import { nativeTransport } from "../../src/native-transport.ts";
import { type Commands, runCommand } from "../extension/commands.ts";

interface Host {
  reverse(bytes: Uint8Array): Promise<Uint8Array>;
  pid(): Promise<number>;
  leave(): Promise<void>;
  whoami(): Promise<string>;
  length(value: string): Promise<number>;
  text(length: number): Promise<string>;
  each(items: string[], visit: (item: string) => number): Promise<number[]>;
}
interface Runtime {
  readonly onMessage: {
    addListener(listener: (message: string, sender: unknown, respond: (answer: unknown) => void) => boolean): void;
  };
}

const open = (name: string) => openSession(nativeTransport(name));

const commands: Commands = {
  async talk() {
    const session = open("org.portolan.test");
    const host = session.remote as Host;
    const bytes = await host.reverse(new Uint8Array([1, 2, 3]));
    const lengths = await host.each(["a", "bb"], (item) => item.length);
    const pid = await host.pid();
    const caller = await host.whoami();
    await session.close();
    return { bytes: [...bytes], lengths, pid, kind: session.peer.kind, caller };
  },
  async large() {
    const session = open("org.portolan.test");
    const host = session.remote as Host;
    const there = await host.length("x".repeat(15_000_000));
    const back = await host.text(3_000_000);
    await session.close();
    return { there, back: back.length, right: back === '⛵"\\\u0001'.repeat(750_000) };
  },
  async death() {
    const session = open("org.portolan.test");
    await (session.remote as Host).leave();
    return (await session.closed).code;
  },
  async nobody() {
    const session = open("org.portolan.nobody");
    return (session.remote as Host).pid();
  },
};

const { runtime } = (globalThis as unknown as { chrome: { runtime: Runtime } }).chrome;
runtime.onMessage.addListener((name, _sender, respond) => {
  void runCommand(commands, name, []).then(respond);
  return true;
});
