import { describe, expect, it } from "vitest";
import { defineTransport, openSession, RpcTarget, registerClass } from "../src/index.ts";
import { hello, hostile, type Loose, open, turns, withOptions } from "./sessions.ts";

class Money {
  cents = 5;
}

describe("an item that cannot be read", () => {
  it("ends its stream, and not the session", async () => {
    const peer = hostile({}, {}, { traits: { trusted: true } });
    const remote = peer.session.remote as Loose;
    const asked = remote.list();
    await turns();
    peer.send([3, 1, null, [[20, [], 7, 0]], 1]);
    const stream = await asked;
    const first = stream.next();
    await turns();
    peer.send([12, 7, [[{ cents: 5 }]], 8, [[13, [0], "Unregistered"]]]);
    await expect(first).rejects.toMatchObject({ code: "DATA_LOSS" });
    expect(peer.session.state).toBe("ready");
    await peer.session.close();
  });

  it("of a registered class is that class", async () => {
    registerClass("hostile-messages.Money", Money, { encode: ({ cents }) => ({ cents }) });
    const pair = open({
      async *list() {
        yield new Money();
      },
    });
    for await (const item of pair.remote.list()) expect(item).toBeInstanceOf(Money);
    await pair.done();
  });
});

describe("a hostile peer", () => {
  it("cannot raise an unhandled rejection with arguments that hang on a failed call", async () => {
    const peer = hostile({ fail: async () => Promise.reject(new Error("no")), take: () => 1 });
    await turns();
    peer.send(
      [1, 1, 0, ["fail"], [], null, { hold: 1 }],
      [
        1,
        2,
        0,
        ["take"],
        [null, null],
        [
          [22, [0], 1],
          [16, [1], "bad", 9],
        ],
      ],
    );
    await turns();
    expect(JSON.stringify(peer.heard)).toContain("malformed function reference");
    await peer.session.close();
  });

  it("cannot count fewer bytes than it sends", async () => {
    const peer = hostile({}, {});
    const asked = (peer.session.remote as Loose).list();
    await turns();
    peer.send([3, 1, null, [[20, [], 7, 0]], 1]);
    const stream = await asked;
    const first = stream.next();
    await turns();
    peer.send([12, 7, ["x".repeat(100_000)], 1]);
    await expect(first).rejects.toMatchObject({ code: "PROTOCOL_ERROR" });
    expect(peer.session.ended).toMatchObject({
      code: "PROTOCOL_ERROR",
      message: "stream 7 sent more bytes than it counted",
    });
  });

  it("cannot fill memory with fragments that hold nothing, or whose length is unknown", async () => {
    for (const chunk of ["", new Uint8Array(0), new DataView(new ArrayBuffer(8))]) {
      const peer = hostile({});
      peer.send([17, 1, 0, chunk]);
      await turns();
      expect(peer.session.ended).toMatchObject({ code: "PROTOCOL_ERROR" });
    }
  });

  it("cannot make us hold answers before it has said hello", async () => {
    const peer = hostile({}, { admit: () => {}, limits: { queuedCalls: 100 } }, { greet: false });
    for (let id = 1; id < 1000; id++) peer.send([1, id, 0, ["nothing"], []]);
    await turns();
    expect(peer.session.ended).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  });

  it("cannot make a blocked port hold its pongs without end", async () => {
    let sent = 0;
    let deliver: (message: unknown) => void = () => {};
    const blocked = defineTransport({
      traits: { carries: "clone", trusted: true },
      open: ({ message }) => {
        deliver = message;
        return { send: () => void sent++, close() {}, blocked: () => true };
      },
    });
    const session = openSession(blocked, { limits: { batch: 10, sendQueue: 1000 } });
    deliver(hello());
    for (let n = 1; n < 200; n++) deliver([18, n]);
    await turns();
    expect(sent).toBeLessThan(20);
    expect(session.ended).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  });

  it("cannot make notifications crowd out calls that were granted", async () => {
    let admit = () => {};
    const seen: number[] = [];
    const pair = open(
      { note: (n: number) => void seen.push(n), add: (a: number, b: number) => a + b },
      {
        server: {
          admit: () =>
            new Promise<void>((resolve) => {
              admit = resolve;
            }),
        },
      },
    );
    const note = withOptions(pair.remote.note, { notify: true });
    for (let n = 0; n < 200; n++) note(n);
    const sum = pair.remote.add(1, 2);
    await turns();
    admit();
    expect(await sum).toBe(3);
    expect(seen).toHaveLength(200);
    await pair.done();
  });
});

class Counter extends RpcTarget {
  increase() {
    return 1;
  }
}

describe("a hostile peer that speaks of references", () => {
  it("cannot free what somebody else holds, nor break anything by late, repeated or absurd releases", async () => {
    const peer = hostile({ make: () => () => 1 }, {});
    await turns();
    peer.send([1, 1, 0, ["make"], []], [1, 2, 0, ["make"], []]);
    await turns();
    expect(peer.session.stats().exports).toBe(2);
    peer.send([9, 1, 2 ** 52], [9, 1, 1], [9, 99, 1], [8, 99], [8, 1]);
    await turns();
    expect(peer.session.stats().exports).toBe(1);
    peer.send([1, 3, 2, [], []]);
    await turns();
    expect(JSON.stringify(peer.heard.at(-1))).toBe("[3,3,1]");
    peer.send([1, 4, 1, [], []]);
    await turns();
    expect(JSON.stringify(peer.heard.at(-1))).toContain("reference 1 is not lent or held any more");
    await peer.session.close();
    await turns();
    expect(peer.session.stats().exports).toBe(0);
  });

  it.each([
    "__proto__",
    "constructor",
    "prototype",
    "then",
    "hasOwnProperty",
    "toString",
    "valueOf",
    "__defineGetter__",
  ])("M-15 R-10 reaches nothing through %s", async (name) => {
    const peer = hostile({ known: { fn: () => 1 }, fn: () => 1, list: [1], counter: new Counter() });
    await turns();
    const paths = [[name], ["known", name], ["fn", name], ["known", "fn", name], ["list", name], ["counter", name]];
    paths.push(
      [name, name],
      ["fn", "call"],
      ["fn", "bind"],
      ["list", "push"],
      ["list", "0"],
      ["known", name, "polluted"],
    );
    for (const [index, path] of paths.entries()) peer.send([1, index + 1, 0, path, ["x"]]);
    await turns();
    const heard = peer.heard
      .flat(1)
      .flat(1)
      .filter((part) => typeof part === "object") as { code?: string }[];
    const codes = heard.filter((part) => part?.code !== undefined).map(({ code }) => code);
    expect(codes).toHaveLength(paths.length);
    expect(new Set(codes)).toEqual(new Set(["UNIMPLEMENTED"]));
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    await peer.session.close();
  });
});
