import { describe, expect, it } from "vitest";
import { openSession, relay, type Transport, transfer, transportPair } from "../src/index.ts";
import { hello, type Loose, promised, turns } from "./sessions.ts";

/** A client and a server with a relay between them. */
function through(left: object, right: object, api: unknown, options: object = {}) {
  const [here, a] = transportPair({ traits: left });
  const [b, there] = transportPair({ traits: right });
  const joined = relay(a, b, options);
  const server = openSession(there, { expose: api, onError: () => {} });
  const client = openSession(here, {});
  return { joined, server, client, remote: client.remote as Loose };
}

describe("a relay", () => {
  it("O-25 passes calls, callbacks and streams on, undecoded, and ends with either end", async () => {
    const { joined, client, server, remote } = through(
      {},
      {},
      {
        call: (fn: Loose) => fn("through"),
        async *list() {
          yield 1;
          yield 2;
        },
      },
    );
    expect(await remote.call((word: string) => `${word}!`)).toBe("through!");
    const items: number[] = [];
    for await (const item of remote.list()) items.push(item);
    expect(items).toEqual([1, 2]);
    await client.close();
    expect(await joined.closed).toMatchObject({ by: "remote" });
    await server.closed;
  });

  it("narrows trust to the weakest hop, whichever it is", async () => {
    for (const [left, right] of [
      [{ trusted: true }, { trusted: false }],
      [{ trusted: false }, { trusted: true }],
    ]) {
      const { remote, client } = through(left as object, right as object, {
        fail() {
          throw new Error("secret");
        },
      });
      await expect(promised(remote.fail())).rejects.toMatchObject({
        code: "INTERNAL",
        message: expect.not.stringContaining("secret"),
      });
      await client.close();
    }
  });

  it("narrows what is carried: a clone on one side, JSON on the other", async () => {
    const { remote, client } = through({ carries: "clone" }, { carries: "json" }, { echo: (value: unknown) => value });
    const value = {
      at: new Date(5),
      bytes: new Uint8Array([1, 2]),
      none: undefined,
      map: new Map([[1, { a: Number.NaN }]]),
    };
    expect(await remote.echo(value)).toEqual(value);
    await client.ready;
    expect(await remote.echo(value)).toEqual(value);
    await client.close();
  });

  it("narrows what is moved: what the far hop cannot move is copied", async () => {
    for (const [moves, left] of [
      ["all", 0],
      ["none", 4],
    ] as const) {
      const { remote, client } = through({ moves: "all" }, { moves }, { length: (bytes: Uint8Array) => bytes.length });
      await client.ready;
      const bytes = new Uint8Array(4);
      expect(await remote.length(transfer(bytes))).toBe(4);
      expect(bytes.length).toBe(left);
      await client.close();
    }
  });

  it("narrows the largest message", async () => {
    const { remote, client } = through(
      { carries: "text", maxMessage: 5000 },
      { carries: "text", maxMessage: 300 },
      { length: (text: string) => text.length },
    );
    await client.ready;
    expect(await remote.length("x".repeat(4000))).toBe(4000);
    await client.close();
  });

  it("refuses two that carry different things", () => {
    const [a] = transportPair({ traits: { carries: "text" } });
    const [b] = transportPair();
    expect(() => relay(a, b)).toThrow(TypeError);
  });

  it("passes on values that hold themselves in many places, in no time", async () => {
    const [near, left] = transportPair();
    const [right, far] = transportPair();
    relay(left, right);
    const other = openSession(far, { expose: { echo: (value: unknown) => value } });
    const session = openSession<{ echo(value: unknown): unknown }>(near);
    await Promise.all([session.ready, other.ready]);
    const tangle: Record<string, unknown>[] = Array.from({ length: 20 }, () => ({}));
    for (const knot of tangle) for (const [index, each] of tangle.entries()) knot[index] = each;
    const back = (await session.remote.echo(tangle[0])) as Record<string, Record<string, unknown>>;
    expect(back[1]?.[0]).toBe(back);
    await session.close();
    await other.closed;
  });
});

describe("a relay between a trusted and an untrusted carrier of text", () => {
  for (const channel of [undefined, "named"]) {
    it(`narrows trust ${channel ? "on a channel" : "without channels"}: errors stay where they are`, async () => {
      const [near, nearEnd] = transportPair({ traits: { carries: "text", trusted: true } });
      const [farEnd, far] = transportPair({ traits: { carries: "text", trusted: false } });
      const joined = relay(nearEnd, farEnd);
      const named = channel ? { channel } : {};
      const fail = () => {
        throw new RangeError("a secret");
      };
      // The trusted end must not take the other for trusted.
      const server = openSession(near, { ...named, expose: { fail }, onError: () => {} });
      const client = openSession<{ fail(): Promise<never> }>(far, named);
      const error = await client.remote.fail().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "INTERNAL" });
      expect(String(error)).not.toMatch(/secret/);
      await client.close();
      await server.closed;
      await joined.closed;
    });
  }
});

describe("a relay between trust and none", () => {
  async function trustedThrough(carries: "clone" | "text", say: (outside: Transport) => void): Promise<boolean> {
    const [inside, a] = transportPair({ traits: { carries, trusted: true } });
    const [b, outside] = transportPair({ traits: { carries, trusted: false } });
    relay(a, b);
    let trusted: unknown = "never called";
    const server = openSession(inside, {
      expose: {
        fail() {
          throw new Error("secret");
        },
      },
      onError: () => {},
    });
    const heard: string[] = [];
    outside.receive((message) => void heard.push(JSON.stringify(message)));
    say(outside);
    await turns(20);
    trusted = heard.some((message) => message.includes("secret"));
    await server.close();
    return trusted as boolean;
  }

  it("narrows a hello that comes in a batch, or with spaces", async () => {
    const call = [1, 1, 0, ["fail"], []];
    expect(await trustedThrough("clone", (outside) => outside.send([hello(), call]))).toBe(false);
    const text = JSON.stringify(hello({ codec: "json", carries: "text" }));
    for (const sent of [`[${text},${JSON.stringify(call)}]`, `  ${text}`, text.replace("[0,", "[ 0e0 ,")]) {
      const told = await trustedThrough("text", (outside) => {
        outside.send(sent);
        outside.send(JSON.stringify(call));
      });
      expect(told).toBe(false);
    }
  });

  it("lets no hello through in fragments", async () => {
    const text = JSON.stringify(hello({ codec: "json", carries: "text" }));
    const told = await trustedThrough("text", (outside) => {
      outside.send(JSON.stringify([17, 1, 0, text.slice(0, 9)]));
      outside.send(JSON.stringify([17, 1, 1, text.slice(9)]));
      outside.send(JSON.stringify([1, 1, 0, ["fail"], []]));
    });
    expect(told).toBe(false);
  });

  it("is refused for bytes, in which nothing can be narrowed", () => {
    const [a] = transportPair({ traits: { carries: "bytes", trusted: true } });
    const [b] = transportPair({ traits: { carries: "bytes", trusted: false } });
    expect(() => relay(a, b)).toThrow(TypeError);
  });
});
