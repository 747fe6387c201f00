import { describe, expect, it, vi } from "vitest";
import {
  defineTransport,
  disposable,
  openSession,
  RpcError,
  RpcTarget,
  registerClass,
  relay,
  retain,
  type Transport,
  transportPair,
  withMeta,
} from "../src/index.ts";
import { hello, hostile, type Loose, open, promised, recorded, turns } from "./sessions.ts";

const collect = globalThis.gc as () => void;

/** Collects garbage until `until` holds, a bounded number of times. */
async function collected(until: () => boolean): Promise<boolean> {
  for (let round = 0; round < 30 && !until(); round++) {
    collect();
    await turns(2);
  }
  return until();
}

describe("a stub that is still about", () => {
  it("keeps working when only its retained copy is", async () => {
    let kept: Loose;
    const pair = open({
      keep(callback: Loose) {
        kept = retain(callback);
      },
    });
    await pair.remote.keep((n: number) => n + 1);
    await collected(() => false);
    expect(await kept(1)).toBe(2);
    kept[Symbol.dispose]();
    await pair.done();
  });

  it("keeps working when only one of its methods is", async () => {
    class Counter extends RpcTarget {
      #n = 0;
      next() {
        return ++this.#n;
      }
    }
    const pair = open({ counter: () => new Counter() });
    const { next } = await pair.remote.counter();
    await collected(() => pair.client.stats().stubs === 0);
    expect(await next()).toBe(1);
    await pair.client.close();
    await pair.server.close();
  });

  it("R-08 gives its holds back once everything of it is collected", async () => {
    const pair = open({ make: () => () => 1 });
    await (async () => {
      const made = await pair.remote.make();
      expect(await made()).toBe(1);
    })();
    expect(await collected(() => pair.client.stats().stubs === 0)).toBe(true);
    await turns();
    expect(pair.server.stats().exports).toBe(0);
    await pair.done();
  });

  it("gives back what was given while it was lent", async () => {
    const shared = () => 1;
    const pair = open(
      {
        async take(this: { remote: Loose }, callback: Loose) {
          // Lent by this call, and owned by the answer of the next one.
          const own = await this.remote.give();
          return (await callback()) + (await own());
        },
      },
      { client: { expose: { give: () => shared } } },
    );
    expect(await pair.remote.take(shared)).toBe(2);
    expect(await collected(() => pair.server.stats().stubs === 0)).toBe(true);
    await turns();
    expect(pair.client.stats().exports).toBe(0);
    await pair.done();
  });
});

describe("a call whose arguments make calls of their own", () => {
  it("leaves after them, and the session lives", async () => {
    const pair = open({ echo: (value: unknown) => value });
    let inner: Promise<unknown> | undefined;
    const argument = {
      get asked() {
        inner ??= pair.remote.echo("inner");
        return 1;
      },
    };
    expect(await pair.remote.echo(argument)).toEqual({ asked: 1 });
    expect(await inner).toBe("inner");
    await pair.done();
  });
});

describe("options that no peer takes", () => {
  it.each([
    ["timeout", { timeout: Number.NaN }],
    ["timeout", { timeout: -1 }],
    ["key", { key: "k".repeat(257) }],
  ])("reject the call (%s), and leave the session open", async (name, options) => {
    const pair = open({ echo: (value: unknown) => value });
    const { makeStub, nodeOf } = await import("../src/index.ts");
    const node = nodeOf(pair.remote.echo);
    const echo = makeStub((node as NonNullable<typeof node>).base, ["echo"], options) as Loose;
    await expect(promised(echo(1))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      delivered: "no",
      message: expect.stringContaining(name),
    });
    expect(await pair.remote.echo(2)).toBe(2);
    await pair.done();
  });

  it("a timeout without end is none", async () => {
    const pair = open({ echo: (value: unknown) => value });
    const { makeStub, nodeOf } = await import("../src/index.ts");
    const base = nodeOf(pair.remote)?.base as NonNullable<ReturnType<typeof nodeOf>>["base"];
    const echo = makeStub(base, ["echo"], { timeout: Number.POSITIVE_INFINITY }) as Loose;
    expect(await echo(2)).toBe(2);
    await pair.done();
  });

  it("a path that is too long rejects its call alone, even when it waits for a place", async () => {
    let release = () => {};
    const pair = open(
      {
        wait: () =>
          new Promise<void>((resolve) => {
            release = resolve;
          }),
        echo: (it: unknown) => it,
      },
      { server: { limits: { calls: 1 } } },
    );
    await pair.client.ready;
    const waiting = pair.remote.wait();
    const long = pair.remote.a.b.c.d.e.f.g.h.i(1);
    const after = pair.remote.echo(1);
    await expect(promised(long)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await turns();
    release();
    await waiting;
    expect(await after).toBe(1);
    await pair.done();
  });

  it("meta that no peer takes is refused where it is made", () => {
    expect(() => withMeta(1, { id: "x".repeat(1025) })).toThrow(TypeError);
    expect(() => withMeta(1, { retry: 0.5 })).toThrow(TypeError);
  });
});

describe("a session that ends", () => {
  it("says nothing more about streams and scopes that end with it", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => void errors.push(error);
    const pair = open(
      {
        async *count() {
          for (let n = 0; ; n++) yield n;
        },
      },
      { client: { onError }, server: { onError } },
    );
    const stream = await pair.remote.count();
    await stream.next();
    await pair.server.close();
    await turns();
    const read = async () => {
      for await (const _ of stream);
    };
    // What has arrived is read first.
    await expect(read()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(errors).toEqual([]);
  });
});

describe("draining", () => {
  it("lets what is under way call back, and refuses new work", async () => {
    let go = () => {};
    const pair = open({
      work: async (progress: Loose) => {
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        return [await progress(1), await progress(2)];
      },
      more: () => 1,
    });
    const work = pair.remote.work((n: number) => n * 2);
    await turns();
    const closing = pair.server.close({ drain: 1000 });
    await turns();
    await expect(promised(pair.remote.more())).rejects.toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    go();
    expect(await work).toEqual([2, 4]);
    await closing;
    await turns();
    expect(pair.client.ended).toMatchObject({ code: "OK", by: "remote" });
  });
});

describe("what cannot be sent after all", () => {
  it("settles a promise that was an argument", async () => {
    const pair = open(
      { take: (value: Promise<unknown>) => value.catch(({ code }) => code) },
      {
        traits: { carries: "text", trusted: false },
        server: { limits: { message: 1000 } },
        client: { onError: () => {} },
      },
    );
    const large = new Promise((resolve) => setImmediate(() => resolve("x".repeat(2000))));
    expect(await pair.remote.take(large)).toBe("RESOURCE_EXHAUSTED");
    await pair.done();
  });

  it("rejects a call whose error is too large to be told", async () => {
    const pair = open(
      {
        fail() {
          throw Object.assign(new Error("x".repeat(5000)), {});
        },
      },
      {
        traits: { carries: "text", trusted: false },
        server: { exposeErrors: true, onError: () => {} },
        client: { limits: { message: 1000 } },
      },
    );
    await expect(promised(pair.remote.fail())).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    await pair.done();
  });
});

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
    registerClass("fixed-bugs.Money", Money, { encode: ({ cents }) => ({ cents }) });
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
    const { makeStub, nodeOf } = await import("../src/index.ts");
    const base = nodeOf(pair.remote)?.base as NonNullable<ReturnType<typeof nodeOf>>["base"];
    const note = makeStub(base, ["note"], { notify: true }) as Loose;
    for (let n = 0; n < 200; n++) note(n);
    const sum = pair.remote.add(1, 2);
    await turns();
    admit();
    expect(await sum).toBe(3);
    expect(seen).toHaveLength(200);
    await pair.done();
  });
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

describe("limits without end", () => {
  it("travel as whole numbers", async () => {
    const pair = open(
      {
        list: async function* () {
          yield 1;
        },
      },
      {
        server: { limits: { calls: Number.POSITIVE_INFINITY, message: Number.POSITIVE_INFINITY } },
        client: { limits: { windowItems: Number.POSITIVE_INFINITY, windowBytes: Number.POSITIVE_INFINITY } },
      },
    );
    for await (const item of pair.remote.list()) expect(item).toBe(1);
    await pair.done();
    expect(() => open({}, { client: { limits: { calls: 1.5 } } })).toThrow(TypeError);
  });
});

describe("a refused peer on a port that strangers use", () => {
  it("hears why", async () => {
    const pair = open(
      {},
      {
        traits: { shared: true },
        server: {
          admit: () => {
            throw new Error("not you");
          },
          onError: () => {},
        },
      },
    );
    await expect(pair.client.ready).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    await pair.server.close();
  });

  it("F-31 hears that the codecs differ", async () => {
    const { json } = await import("../src/index.ts");
    const pair = open(
      {},
      { traits: { shared: true }, server: { codec: json(), admit: () => {} }, client: { onError: vi.fn() } },
    );
    await expect(pair.client.ready).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  });
});

describe("a recorded transport", () => {
  it("passes everything", async () => {
    let record: ReturnType<typeof recorded> | undefined;
    const pair = open(
      { one: () => 1 },
      {
        around: (it) => {
          record = recorded(it);
          return record;
        },
      },
    );
    expect(await pair.remote.one()).toBe(1);
    expect(record?.out.length).toBe(1);
    await pair.done();
  });
});

describe("a port that refuses everything but has not ended", () => {
  it.each(["UNAVAILABLE", "disconnected"])("does not keep the session busy for ever (%s)", async (why) => {
    let sends = 0;
    let deliver: (message: unknown) => void = () => {};
    const dying = defineTransport({
      traits: { carries: "clone", trusted: true },
      open: ({ message }) => {
        deliver = message;
        return {
          send: () => {
            sends++;
            throw why === "UNAVAILABLE" ? new RpcError("UNAVAILABLE", why) : new Error(why);
          },
          close() {},
        };
      },
    });
    const session = openSession(dying, { expose: { one: () => 1 }, heartbeat: false, onError: () => {} });
    deliver(hello());
    deliver([1, 1, 0, ["one"], []]);
    await turns();
    expect(sends).toBeLessThan(6);
    await session.close();
  });
});

describe("an answer that comes too late", () => {
  it("gives back at once what it brings", async () => {
    const peer = hostile({}, {}, { traits: { trusted: true } });
    await turns();
    const { makeStub, nodeOf } = await import("../src/index.ts");
    const base = nodeOf(peer.session.remote)?.base as NonNullable<ReturnType<typeof nodeOf>>["base"];
    const controller = new AbortController();
    const call = promised((makeStub(base, ["make"], { signal: controller.signal }) as Loose)());
    await turns();
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
    peer.send([
      3,
      1,
      [null, null],
      [
        [16, [0], 5, 1],
        [20, [1], 6, 0],
      ],
      1,
    ]);
    await turns();
    expect(peer.session.stats()).toMatchObject({ stubs: 0 });
    expect(JSON.stringify(peer.heard)).toContain("[9,5,1]");
    expect(JSON.stringify(peer.heard)).toContain("[16,-6,0]");
    await peer.session.close();
  });
});

describe("what is said of a promise or a signal before its call has started", () => {
  it("is not lost, whether the call waits here or over there", async () => {
    let finish = () => {};
    const blocked = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const api = {
      block: () => blocked,
      take: async ({ soon }: { readonly soon: Promise<unknown> }) => soon,
      aborted: ({ signal }: { readonly signal: AbortSignal }) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.aborted))),
    };
    // With a place for one call, the second waits here; early calls are parked over there.
    for (const greeted of [true, false]) {
      const pair = open(api, { server: { limits: { calls: 1 } } });
      if (greeted) await pair.client.ready;
      const first = pair.remote.block();
      const controller = new AbortController();
      const second = promised(pair.remote.take({ soon: Promise.resolve("settled early") }));
      const third = promised(pair.remote.aborted({ signal: controller.signal }));
      await turns();
      controller.abort();
      await turns();
      finish();
      expect(await second).toBe("settled early");
      expect(await third).toBe(true);
      await first;
      await pair.done();
    }
  });

  it("a promise that never settles is forgotten when its call has been answered, and says so where it arrived", async () => {
    let kept: Promise<unknown> | undefined;
    const pair = open({
      keep({ soon }: { readonly soon: Promise<unknown> }) {
        kept = soon;
      },
    });
    await pair.remote.keep({ soon: new Promise(() => {}) });
    await expect(kept).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: "the call that the promise came with has been answered",
    });
    await pair.done();
  });
});

describe("a result that nobody is left to take", () => {
  it.each(["cancelled", "closed"])("is disposed of, as a subscription whose call was %s", async (how) => {
    let off = 0;
    let finished = 0;
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const pair = open({
      async subscribe() {
        await gate;
        return disposable(() => void off++);
      },
      async list() {
        await gate;
        return (async function* () {
          try {
            yield 1;
          } finally {
            finished++;
          }
        })();
      },
    });
    const { makeStub, nodeOf } = await import("../src/index.ts");
    const base = nodeOf(pair.remote)?.base as NonNullable<ReturnType<typeof nodeOf>>["base"];
    const controller = new AbortController();
    const calls = ["subscribe", "list"].map((name) =>
      promised((makeStub(base, [name], { signal: controller.signal }) as Loose)()).catch((error: unknown) => error),
    );
    await turns();
    if (how === "cancelled") controller.abort();
    else await pair.client.close();
    expect(await Promise.all(calls)).toMatchObject([{ code: "CANCELLED" }, { code: "CANCELLED" }]);
    await turns();
    go();
    await turns();
    expect(off).toBe(1);
    // A generator that never began has no finally to run.
    expect(finished).toBe(0);
    expect(pair.server.stats()).toMatchObject({ exports: 0, streams: 0 });
    await pair.client.close();
    await pair.server.close();
  });
});
