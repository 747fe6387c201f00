import { MessageChannel, type MessagePort } from "node:worker_threads";
import { createClient, transfer } from "@portolan/client";
import { json, metaOf, type OutgoingMessage, withMeta } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { afterEach, describe, expect, it, vi } from "vitest";
import { portTransport } from "../src/index.ts";
import { portsHeld } from "./left.ts";

const router = {
  size: (buffer: ArrayBuffer) => buffer.byteLength,
  make: (length: number) => new ArrayBuffer(length),
  echo: (value: unknown) => value,
  post: (port: MessagePort) => port.postMessage("through the port that was moved"),
  both: (moved: ArrayBuffer, when: Date, map: Map<string, bigint>) => [moved.byteLength, when, map] as const,
  async *events() {
    yield withMeta({ n: 1 }, { id: "first", retry: 500 });
    yield { n: 2 };
  },
};

interface Options {
  readonly client?: (message: OutgoingMessage) => readonly object[] | null | undefined;
  readonly server?: Options["client"];
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await vi.waitFor(() => expect(portsHeld()).toEqual([]));
});

// Both ends speak JSON, unless `transfer` says otherwise. `sent` and `answered` hear what is on the wire.
function open({ client: fromClient, server: fromServer }: Options = {}) {
  const { port1, port2 } = new MessageChannel();
  const [sent, answered]: [unknown[], unknown[]] = [[], []];
  port2.on("message", (message) => sent.push(message));
  port1.on("message", (message) => answered.push(message));
  const server = serve(portTransport(port2, { trusted: true }), router, {
    codec: json(),
    ...(fromServer && { transfer: fromServer }),
  });
  const client = createClient<typeof router>(
    portTransport(() => port1, { trusted: true }),
    {
      codec: json(),
      ...(fromClient && { transfer: fromClient }),
    },
  );
  ends.push(async () => {
    await client.close();
    await server.close();
    port2.removeAllListeners("message");
  });
  return { client, sent, answered };
}

// Both codecs have to understand it, so it is never text.
const isHello = (message: unknown) => Array.isArray(message) && message[0] === 0;

const buffersOf = ({ value }: OutgoingMessage) => [value].flat().filter((each) => each instanceof ArrayBuffer);

describe("the transfer option over a port, with a codec that makes text", () => {
  it("O-08 O-11 leaves messages as text by default, and where it says null or undefined", async () => {
    for (const answer of [undefined, () => null, () => undefined]) {
      const { client, sent, answered } = open(answer ? { client: answer, server: answer } : {});
      expect(await client.echo({ a: [1, new Date(0)] })).toEqual({ a: [1, new Date(0)] });
      const messages = [...sent, ...answered].filter((message) => !isHello(message));
      expect(messages.length).toBeGreaterThanOrEqual(2);
      expect(messages.every((message) => typeof message === "string")).toBe(true);
    }
  });

  it("O-10 O-12 moves what the calling side lists, in a structured clone", async () => {
    const { client, sent } = open({ client: (message) => (message.kind === "call" ? buffersOf(message) : null) });
    const buffer = new ArrayBuffer(1000);
    expect(await client.size(buffer)).toBe(1000);
    expect(buffer.byteLength).toBe(0);
    expect(sent.some((message) => typeof message === "object")).toBe(true);
  });

  it("O-12 clones for an empty list too, and O-13 O-18 is asked for each message: text and clones share the port", async () => {
    const { client, sent } = open({ client: ({ value }) => (JSON.stringify(value).includes("clone") ? [] : null) });
    const kinds: string[] = [];
    for (const word of ["text", "clone", "text", "clone"]) {
      const before = sent.length;
      expect(await client.echo(word)).toBe(word);
      kinds.push(...sent.slice(before).map((message) => typeof message));
    }
    expect(kinds.slice(-4)).toEqual(["string", "object", "string", "object"]);
  });

  it("O-09 moves what the serving side lists", async () => {
    const made: ArrayBuffer[] = [];
    const { client, answered } = open({
      server: (message) => {
        if (message.kind !== "result") return null;
        made.push(...buffersOf(message));
        return buffersOf(message);
      },
    });
    expect((await client.make(500)).byteLength).toBe(500);
    expect(made.map((buffer) => buffer.byteLength)).toEqual([0]);
    expect(answered.some((message) => typeof message === "object")).toBe(true);
  });

  it("O-14 O-15 lets what can only be moved cross: a port, found by transfer()", async () => {
    const { port1, port2 } = new MessageChannel();
    const { client } = open({ client: ({ value }) => ([value].flat().includes(port2) ? [port2] : null) });
    const heard = new Promise((resolve) => port1.once("message", resolve));
    await client.post(transfer(port2));
    expect(await heard).toBe("through the port that was moved");
    port1.close();
  });

  it("O-17 moves beside values that need an encoding of their own", async () => {
    const { client } = open({ client: buffersOf });
    const values = [new Date(5), new Map([["big", 10n ** 30n]])] as const;
    const moved = new ArrayBuffer(7);
    expect(await client.both(moved, ...values)).toEqual([7, ...values]);
    expect(moved.byteLength).toBe(0);
  });

  it.each([
    ["text", () => null],
    ["clones", () => []],
  ])("O-16 carries the metadata of stream items as %s", async (_name, how) => {
    const { client } = open({ server: how });
    const items: unknown[] = [];
    for await (const item of client.events()) items.push([item.n, metaOf(item)?.id, metaOf(item)?.retry]);
    expect(items).toEqual([
      [1, "first", 500],
      [2, undefined, undefined],
    ]);
  });
});
