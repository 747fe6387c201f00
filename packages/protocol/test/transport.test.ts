import { afterEach, describe, expect, it, vi } from "vitest";
import { defineTransport, type TransportEvents, type TransportPort, transportPair } from "../src/index.ts";
import { turns } from "./sessions.ts";

/** A transport whose port is the test. */
function driven(port: Partial<TransportPort> = {}) {
  let events: TransportEvents | undefined;
  const close = vi.fn();
  const transport = defineTransport({
    traits: { carries: "clone" },
    open: (given) => {
      events = given;
      return { send() {}, close, ...port };
    },
  });
  return { transport, close, events: events as unknown as TransportEvents };
}

const gone = { code: "UNAVAILABLE", message: "gone", by: "platform" } as const;

afterEach(() => vi.restoreAllMocks());

describe("a transport", () => {
  it("O-05 M-21 keeps what arrives until somebody listens, in order", () => {
    const { transport, events } = driven();
    events.message(1);
    events.message(2);
    const heard: unknown[] = [];
    transport.receive((message) => void heard.push(message));
    events.message(3);
    expect(heard).toEqual([1, 2, 3]);
  });

  it("gives each receiver every message, and harms none by another that throws", () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const { transport, events } = driven();
    const heard: unknown[] = [];
    transport.receive(() => {
      throw new Error("receiver");
    });
    const stop = transport.receive((message) => void heard.push(message));
    events.message("a");
    stop();
    events.message("b");
    expect(heard).toEqual(["a"]);
    expect(said).toHaveBeenCalledTimes(2);
  });

  it("who listens twice hears twice, and stops as often as it began, whatever else is stopped again", () => {
    const { transport, events } = driven();
    const listener = vi.fn();
    const ways = [
      [() => transport.receive(listener), () => events.message("a")],
      [() => transport.onWritable(listener), () => events.writable()],
    ] as const;
    for (const [listen, tell] of ways) {
      const [first, second] = [listen(), listen()];
      const heard = () => {
        listener.mockClear();
        tell();
        return listener.mock.calls.length;
      };
      expect(heard()).toBe(2);
      first();
      first();
      expect(heard()).toBe(1);
      const third = listen();
      first();
      expect(heard()).toBe(2);
      second();
      third();
      expect(listener).toHaveBeenCalledTimes(2);
    }
    const ends = vi.fn();
    const stop = transport.onClose(ends);
    transport.onClose(ends);
    stop();
    events.end(gone);
    expect(ends).toHaveBeenCalledTimes(1);
  });

  it("M-12 M-18 O-20 ends once, tells why, and tells late listeners too", async () => {
    const { transport, close, events } = driven();
    const reasons: unknown[] = [];
    transport.onClose((reason) => void reasons.push(reason));
    events.end(gone);
    events.end({ ...gone, message: "again" });
    transport.close();
    transport.close();
    expect(reasons).toEqual([gone]);
    expect(transport.ended).toEqual(gone);
    expect(close).toHaveBeenCalledExactlyOnceWith(gone);
    transport.onClose((reason) => void reasons.push(reason));
    await turns(1);
    expect(reasons).toEqual([gone, gone]);
    expect(await transport.closed).toEqual(gone);
  });

  it("forgets a listener that stopped listening, even a late one", async () => {
    const { transport, events } = driven();
    const heard = vi.fn();
    transport.onClose(heard)();
    events.end(gone);
    transport.onClose(heard)();
    await turns(1);
    expect(heard).not.toHaveBeenCalled();
  });

  it("M-12 refuses to send after the end, in the same turn, and delivers nothing more", () => {
    const { transport, events } = driven();
    const heard = vi.fn();
    transport.receive(heard);
    transport.close();
    expect(() => transport.send(1)).toThrow(expect.objectContaining({ code: "UNAVAILABLE", delivered: "no" }));
    events.message(1);
    expect(heard).not.toHaveBeenCalled();
  });

  it("gives up when too much waits for its first receiver", () => {
    const { transport, events } = driven();
    for (let n = 0; n < 16_384; n++) events.message(n);
    expect(transport.ended).toBeUndefined();
    events.message("one more");
    expect(transport.ended).toMatchObject({ code: "RESOURCE_EXHAUSTED", by: "local" });
  });

  it("closes its port although that ended while it was opened", () => {
    const close = vi.fn();
    const transport = defineTransport({
      traits: { carries: "clone" },
      open: ({ end }) => {
        end(gone);
        return { send() {}, close };
      },
    });
    expect(transport.ended).toEqual(gone);
    expect(close).toHaveBeenCalledOnce();
  });

  it("passes on whether its port is full, and holds the process only while it lives", () => {
    let full = false;
    const held: boolean[] = [];
    const { transport, events } = driven({ blocked: () => full, hold: (busy) => void held.push(busy) });
    const writable = vi.fn();
    transport.onWritable(writable);
    full = true;
    expect(transport.blocked).toBe(true);
    full = false;
    events.writable();
    expect(writable).toHaveBeenCalledOnce();
    transport.hold(true);
    transport.close();
    transport.hold(false);
    expect(held).toEqual([true]);
    expect(transport.blocked).toBe(false);
  });
});

describe("the in-memory pair", () => {
  it("M-03 clones what crosses, so that nothing passes by accident", async () => {
    const [here, there] = transportPair();
    const heard: unknown[] = [];
    there.receive((message) => void heard.push(message));
    const sent = { list: [1], map: new Map([[1, 2]]) };
    here.send(sent);
    sent.list.push(2);
    await turns(1);
    expect(heard).toEqual([{ list: [1], map: new Map([[1, 2]]) }]);
    expect(() => here.send(() => {})).toThrow();
  });

  it("O-22 G-17 lives on after a message that the platform refuses", async () => {
    const [here, there] = transportPair();
    const heard: unknown[] = [];
    there.receive((message) => void heard.push(message));
    expect(() => here.send({ fn() {} })).toThrow(/could not be cloned/);
    here.send("after");
    await turns(1);
    expect(heard).toEqual(["after"]);
    expect(here.ended).toBeUndefined();
  });

  it("M-04 moves what it is told to: the sender loses access", async () => {
    const [here, there] = transportPair();
    const heard: ArrayBuffer[] = [];
    there.receive((message) => void heard.push(message as ArrayBuffer));
    const buffer = new ArrayBuffer(8);
    here.send(buffer, [buffer]);
    await turns(1);
    expect(buffer.byteLength).toBe(0);
    expect(heard[0]?.byteLength).toBe(8);
  });

  it("delivers what was sent before the close, and then the close", async () => {
    const [here, there] = transportPair();
    const heard: unknown[] = [];
    there.receive((message) => void heard.push(message));
    there.onClose((reason) => void heard.push(reason.by));
    here.send(1);
    here.close();
    await turns(1);
    expect(heard).toEqual([1, "remote"]);
  });
});

it("a receiver that takes over while a message is delivered hears the next one, not this one again", () => {
  let events: TransportEvents | undefined;
  const transport = defineTransport({
    traits: { carries: "clone" },
    open(given) {
      events = given;
      return { send: () => {}, close: () => {} };
    },
  });
  const [first, second]: unknown[][] = [[], []];
  const stop = transport.receive((message) => {
    first?.push(message);
    stop();
    transport.receive((next) => second?.push(next));
  });
  events?.message(1);
  events?.message(2);
  expect([first, second]).toEqual([[1], [2]]);
});
