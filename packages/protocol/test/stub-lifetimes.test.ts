import { describe, expect, it } from "vitest";
import { disposable, RpcTarget, release, retain } from "../src/index.ts";
import { collected, hostile, type Loose, open, promised, turns, withOptions } from "./sessions.ts";

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

  it("gives back those that are collected among many, and keeps the others", async () => {
    const pair = open({ make: () => () => 1 });
    const kept = await (async () => {
      const made: Loose[] = await Promise.all(Array.from({ length: 100 }, () => pair.remote.make()));
      return made.filter((_, index) => index % 2 === 0);
    })();
    expect(await collected(() => pair.client.stats().stubs === 50)).toBe(true);
    await turns();
    expect(pair.server.stats().exports).toBe(50);
    expect(await Promise.all(kept.map((stub) => stub()))).toEqual(kept.map(() => 1));
    // What is collected after a first collection was heard of is given back as well.
    kept.length = 0;
    expect(await collected(() => pair.client.stats().stubs === 0)).toBe(true);
    await pair.done();
  });

  it("gives its hold back in each of many sessions, one after another", async () => {
    const pairs = Array.from({ length: 5 }, () => open({ make: () => () => 1 }));
    await (async () => {
      for (const pair of pairs) await pair.remote.make();
    })();
    // Fewer collections than sessions: each is heard of by all of them.
    let collections = 0;
    await collected(() => ++collections === 3);
    await turns(20);
    expect(pairs.map(({ client }) => client.stats().stubs)).toEqual([0, 0, 0, 0, 0]);
    for (const pair of pairs) await pair.done();
  });

  it("is a new one, with a hold of its own, when the old one was collected and nobody has noticed yet", async () => {
    const shared = disposable(() => {});
    const pair = open({ make: () => shared });
    const old = await (async () => new WeakRef(await pair.remote.make()))();
    // Turns without tasks: collection is not told of between them.
    while (old.deref()) {
      await new Promise((resolve) => setTimeout(resolve));
      (globalThis.gc as () => void)();
    }
    const again = await pair.remote.make();
    await collected(() => false);
    expect([pair.client.stats().stubs, pair.server.stats().exports]).toEqual([1, 1]);
    await again();
    release(again);
    await pair.done();
  });

  it("does not keep a session that nobody closed, once it is given back", async () => {
    let gone = false;
    const registry = new FinalizationRegistry(() => {
      gone = true;
    });
    await (async () => {
      const pair = open({ make: () => () => 1, keep: (callback: Loose) => release(retain(callback)) });
      registry.register(pair.client, undefined);
      release(await pair.remote.make());
      await pair.remote.keep(() => 1);
      await turns();
    })();
    expect(await collected(() => gone)).toBe(true);
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

describe("an answer that comes too late", () => {
  it("gives back at once what it brings", async () => {
    const peer = hostile({}, {}, { traits: { trusted: true } });
    await turns();
    const controller = new AbortController();
    const call = promised(withOptions((peer.session.remote as Loose).make, { signal: controller.signal })());
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

describe("an answer that cannot be read", () => {
  it("gives back what it brought, and leaves what was held before alone", async () => {
    const peer = hostile({}, {}, { traits: { trusted: true } });
    await turns();
    const { make } = peer.session.remote as Loose;
    const first = promised(make());
    await turns();
    peer.send([3, 1, null, [[16, [], 5, 1]]]);
    const stub = (await first) as Loose;
    const second = promised(make());
    await turns();
    // The second entry gives the same function once more, behind one that is no reference at all.
    const table = [
      [16, [0], "five", 1],
      [16, [1], 5, 1],
    ];
    peer.send([3, 2, [null, null], table]);
    await expect(second).rejects.toMatchObject({ code: "DATA_LOSS" });
    await turns();
    expect(peer.session.stats()).toMatchObject({ stubs: 1 });
    expect(JSON.stringify(peer.heard)).toContain("[9,5,1]");
    release(stub);
    expect(peer.session.stats()).toMatchObject({ stubs: 0 });
    await peer.session.close();
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
    const controller = new AbortController();
    const calls = ["subscribe", "list"].map((name) =>
      promised(withOptions(pair.remote[name], { signal: controller.signal })()).catch((error: unknown) => error),
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
