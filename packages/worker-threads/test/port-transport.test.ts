import { createContext } from "node:vm";
import { MessageChannel, type MessagePort, moveMessagePortToContext, Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { type DomPortLike, type PortEvent, portTransport } from "../src/index.ts";
import { asDomPort } from "./dom-port.ts";
import { portsHeld } from "./left.ts";
import { within } from "./within.ts";

const shapes: [name: string, shape: (port: MessagePort) => Parameters<typeof portTransport>[0]][] = [
  ["a port of Node", (port) => port],
  ["O-19 a port with the DOM's methods only", asDomPort],
];

describe.each(shapes)("portTransport over %s", (_name, shape) => {
  it("O-02 M-03 carries messages both ways in one thread, in order", async () => {
    const { port1, port2 } = new MessageChannel();
    const [one, two] = [portTransport(shape(port1)), portTransport(shape(port2))];
    one.hold(true);
    two.receive((message) => two.send(["back", message]));
    const got: unknown[] = [];
    const all = new Promise<void>((resolve) => one.receive((message) => got.push(message) === 100 && resolve()));
    for (let index = 0; index < 100; index++) one.send(index);
    await all;
    expect(got).toEqual(Array.from({ length: 100 }, (_, index) => ["back", index]));
    one.close();
    two.close();
    expect(portsHeld()).toEqual([]);
    port1.close();
  });

  it("O-05 starts the port, and the user may start it as well", async () => {
    const { port1, port2 } = new MessageChannel();
    port2.postMessage("waiting");
    const transport = portTransport(shape(port1));
    transport.hold(true);
    port1.start();
    expect(await new Promise((resolve) => transport.receive(resolve))).toBe("waiting");
    transport.close();
    port1.close();
  });

  it("O-20 M-18 ends on both sides when one closes, after what was sent, within 100 ms", async () => {
    const { port1, port2 } = new MessageChannel();
    const [one, two] = [portTransport(shape(port1)), portTransport(shape(port2))];
    const got: unknown[] = [];
    two.receive((message) => got.push(message));
    two.hold(true);
    one.send("last");
    const began = performance.now();
    port1.close();
    expect(await two.closed).toEqual({ code: "UNAVAILABLE", message: "the port was closed", by: "platform" });
    expect(await one.closed).toMatchObject({ code: "UNAVAILABLE" });
    expect(performance.now() - began).toBeLessThan(within(100));
    expect(got).toEqual(["last"]);
    expect(() => two.send(1)).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
    expect(portsHeld()).toEqual([]);
  });

  it("leaves a port that was passed open, and closes that of a factory", async () => {
    const { port1, port2 } = new MessageChannel();
    portTransport(shape(port1)).close();
    const again = portTransport(() => shape(port1) as MessagePort);
    const closed = new Promise((resolve) => port2.once("close", () => resolve("closed")));
    again.close();
    expect(await closed).toBe("closed");
    expect(portsHeld()).toEqual([]);
  });

  it("throws from send what the platform refuses, and lives on", async () => {
    const { port1, port2 } = new MessageChannel();
    const transport = portTransport(shape(port1));
    const arrived = new Promise((resolve) => port2.once("message", resolve));
    expect(() => transport.send({ bad: () => 1 })).toThrow(/could not be cloned/);
    transport.send("fine");
    expect(await arrived).toBe("fine");
    transport.close();
    port1.close();
  });
});

describe("portTransport", () => {
  it("M-12 ends at once over a port that was closed before, by either end", async () => {
    const { port1, port2 } = new MessageChannel();
    await new Promise((resolve) => {
      port1.once("close", () => resolve(undefined));
      port2.close();
    });
    for (const port of [port1, port2]) {
      expect(portTransport(port).ended).toEqual({
        code: "UNAVAILABLE",
        message: "the port was closed",
        by: "platform",
      });
    }
  });

  it("F-11 ends as PROTOCOL_ERROR when a message cannot be read", async () => {
    const { port1, port2 } = new MessageChannel();
    // In a context of its own a port revives nothing of the platform: the real `messageerror`.
    const moved = moveMessagePortToContext(port1, createContext()) as unknown as Record<string, unknown> & {
      start(): void;
    };
    const port: DomPortLike = {
      postMessage: () => {},
      start: () => moved.start(),
      close: () => {},
      addEventListener: (type, listener) => {
        moved[`on${type}`] = listener;
      },
      removeEventListener: (type) => {
        moved[`on${type}`] = null;
      },
    };
    const transport = portTransport(port);
    port2.postMessage(new Blob(["x"]));
    expect(await transport.closed).toMatchObject({ code: "PROTOCOL_ERROR", by: "remote" });
    port2.close();
  });

  it("F-11 hears of such a message on a port of Node too", async () => {
    const { port1, port2 } = new MessageChannel();
    const transport = portTransport(port1);
    port1.dispatchEvent(Object.assign(new Event("messageerror"), { data: new Error("unreadable") }));
    expect(await transport.closed).toMatchObject({ code: "PROTOCOL_ERROR" });
    port2.close();
  });

  it("M-05 reaches another thread over a port that was handed there, and hears of its end", async () => {
    const { port1, port2 } = new MessageChannel();
    const code = `const { workerData } = require("node:worker_threads");
      workerData.on("message", (m) => m === "die" ? process.exit(3) : workerData.postMessage([m]));`;
    new Worker(code, { eval: true, workerData: port2, transferList: [port2] }).unref();
    const transport = portTransport(port1);
    transport.hold(true);
    const answer = new Promise((resolve) => transport.receive(resolve));
    transport.send("over there");
    expect(await answer).toEqual(["over there"]);
    transport.send("die");
    expect((await transport.closed).code).toBe("UNAVAILABLE");
    expect(portsHeld()).toEqual([]);
  });

  it("F-12 does not trust who holds the other end, unless told so, and holds no mark against strangers", () => {
    const { port1, port2 } = new MessageChannel();
    const [bare, trusted] = [portTransport(port1), portTransport(port2, { trusted: true })];
    expect(bare.traits).toMatchObject({
      trusted: false,
      shared: false,
      moves: "all",
      carries: "clone",
      announcesDeath: true,
    });
    expect(bare.peer).toMatchObject({ kind: "message-port", trusted: false });
    expect(trusted.traits.trusted).toBe(true);
    expect(portTransport(asDomPort(port1)).traits.announcesDeath).toBe(false);
    port1.close();
  });

  it("refuses what is no port in a sentence", () => {
    // @ts-expect-error: no port
    expect(() => portTransport("port")).toThrow(
      new TypeError("expected a MessagePort with postMessage, start, close and addEventListener; got string"),
    );
    const main = {
      postMessage() {},
      start() {},
      close() {},
      on(_event: string, _listener: (event: PortEvent) => void) {},
    };
    expect(() => portTransport(main)).toThrow(/an Electron MessagePortMain \(use @portolan\/electron\/main\)/);
  });
});
