import type { Transport } from "@portolan/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dialPort } from "../src/port-dial.ts";
import { runtimeListener } from "../src/runtime-listener.ts";
import { FakeEvent, FakePort } from "./harness/fake-port.ts";

const onConnect = new FakeEvent<[port: never]>();
const page = { id: "us", origin: "chrome-extension://us", url: "chrome-extension://us/popup.html" };

beforeEach(() => {
  const runtime = { id: "us", getURL: () => "chrome-extension://us/", connect: () => undefined, onConnect };
  vi.stubGlobal("chrome", { runtime });
});
afterEach(() => expect(onConnect.listeners.size).toBe(0));

function listening() {
  const arrived: Transport[] = [];
  const refused: unknown[] = [];
  const listener = runtimeListener({ allow: { pages: true } });
  listener.accept(
    (transport) => arrived.push(transport),
    (error) => refused.push(error),
  );
  const connect = (name: string, sender: object | undefined = page): FakePort => {
    const port = new FakePort(name, sender);
    onConnect.emit(port as never);
    return port;
  };
  return { listener, arrived, refused, connect };
}

describe("a listener of ports", () => {
  it("listens in the same turn, and leaves nothing behind when it closes", async () => {
    const { listener, connect } = listening();
    expect(onConnect.listeners.size).toBe(1);
    const waiting = connect("portolan:background");
    expect(waiting.listeners).toBe(2);
    await listener.close();
    expect(waiting).toMatchObject({ listeners: 0, disconnected: true });
  });

  it("leaves ports of other libraries, and of listeners with other names, alone", async () => {
    const { listener, connect, refused } = listening();
    for (const name of ["", "trpc", "portolan", "portolan:popup", "background"]) {
      expect(connect(name)).toMatchObject({ listeners: 0, posted: [], disconnected: false });
    }
    expect(refused).toEqual([]);
    await listener.close();
  });

  it("does not share its name within one context", async () => {
    const { listener } = listening();
    expect(() => runtimeListener({ allow: {} }).accept(vi.fn(), vi.fn())).toThrow(/serves "background" already/);
    await listener.close();
    listening().listener.close();
  });

  it("says no in words, hangs up, and reports why", async () => {
    const { listener, connect, refused, arrived } = listening();
    const port = connect("portolan:background", { ...page, id: "them" });
    expect(port).toMatchObject({ disconnected: true, listeners: 0 });
    expect(port.posted).toEqual([
      { portolan: "refused", code: "PERMISSION_DENIED", message: 'this sender may not connect to "background"' },
    ]);
    expect(String(refused[0])).toContain("does not say who it is");
    expect(arrived).toEqual([]);
    await listener.close();
  });

  it("hands a port over when it is taken, and leaves it to others when another is", async () => {
    const { listener, connect, arrived } = listening();
    const [taken, lost, rude] = [0, 1, 2].map(() => connect("portolan:background")) as [FakePort, FakePort, FakePort];
    const { id } = taken.posted[0] as { id: string };
    taken.onMessage.emit({ portolan: "take", id, carries: "json" });
    lost.onMessage.emit({ portolan: "take", id, carries: "json" });
    rude.onMessage.emit(["a frame before any handshake"]);
    expect(arrived).toHaveLength(1);
    expect(lost).toMatchObject({ listeners: 0, disconnected: false });
    expect(rude).toMatchObject({ listeners: 0, disconnected: true });
    arrived[0]?.close();
    expect(taken).toMatchObject({ listeners: 0, disconnected: true });
    await listener.close();
  });

  it("holds 256 ports that say nothing, and no more", async () => {
    const { listener, connect, refused } = listening();
    const silent = Array.from({ length: 256 }, () => connect("portolan:background"));
    expect(refused).toEqual([]);
    expect(connect("portolan:background").posted).toMatchObject([{ portolan: "refused", code: "RESOURCE_EXHAUSTED" }]);
    expect(refused).toMatchObject([{ code: "RESOURCE_EXHAUSTED" }]);
    silent[0]?.onDisconnect.emit(undefined as never);
    expect(connect("portolan:background").posted).toMatchObject([{ portolan: "offer" }]);
    await listener.close();
    expect(silent.every((port) => port.listeners === 0)).toBe(true);
  });
});

describe("a dialled port", () => {
  const options = { gone: "the background", peer: { kind: "extension-background" }, trusted: true, patience: 1000 };

  it("gives up after its patience, hangs up, and keeps no timer", async () => {
    vi.useFakeTimers();
    const port = new FakePort("portolan:background");
    const dialled = dialPort(port, { ...options, signal: new AbortController().signal });
    const failed = expect(dialled).rejects.toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    vi.advanceTimersByTime(1000);
    await failed;
    expect(port).toMatchObject({ listeners: 0, disconnected: true });
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it("keeps the other end awake only while it is busy, and only when told", async () => {
    vi.useFakeTimers();
    const port = new FakePort("portolan:background");
    const dialled = dialPort(port, { ...options, keepAlive: 100, signal: new AbortController().signal });
    port.onMessage.emit({ portolan: "offer", id: "1", carries: "clone" });
    const transport = await dialled;
    expect(transport.traits.carries).toBe("json");
    port.posted.length = 0;
    vi.advanceTimersByTime(500);
    transport.hold(true);
    vi.advanceTimersByTime(250);
    expect(port.posted).toEqual([{ portolan: "awake" }, { portolan: "awake" }]);
    transport.hold(false);
    expect(vi.getTimerCount()).toBe(0);
    transport.hold(true);
    port.onDisconnect.emit(undefined as never);
    expect(transport.ended).toMatchObject({ code: "UNAVAILABLE", by: "platform" });
    expect(vi.getTimerCount()).toBe(0);
    expect(port.listeners).toBe(0);
    vi.useRealTimers();
  });

  it("is final when it is refused", async () => {
    const port = new FakePort("portolan:background");
    const dialled = dialPort(port, { ...options, signal: new AbortController().signal });
    port.onMessage.emit({ portolan: "refused", code: "anything", message: "no" });
    await expect(dialled).rejects.toMatchObject({ code: "PERMISSION_DENIED", message: "no" });
    expect(port).toMatchObject({ listeners: 0, disconnected: true });
  });
});
