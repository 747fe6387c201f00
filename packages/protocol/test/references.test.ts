import { afterEach, describe, expect, it, vi } from "vitest";
import { disposable, openSession, proxy, RpcTarget, release, retain, transportPair } from "../src/index.ts";
import { collected, type Loose, open, promised, turns } from "./sessions.ts";

afterEach(() => vi.restoreAllMocks());

class Counter extends RpcTarget {
  #n = 0;
  field = "secret";
  disposed = 0;
  increase(by = 1) {
    this.#n += by;
    return this.#n;
  }
  get getter() {
    return () => "secret";
  }
  _internal() {
    return "secret";
  }
  [Symbol.dispose]() {
    this.disposed++;
  }
}

describe("a function that crosses", () => {
  it("R-04 R-13 R-16 O-08 is called where it lives, at any depth, and its errors come back", async () => {
    const pair = open({
      async run({ steps }: { readonly steps: readonly Loose[] }) {
        const made = await steps[0]({ deeper: (n: number) => n + 1 });
        return await made(10);
      },
      wrap: (inner: Loose) => async (n: number) => (await inner(n)) * 2,
    });
    const result = await pair.remote.run({
      steps: [
        // Lent to this call: kept, because what it returns goes on using it.
        async ({ deeper }: Loose) => {
          const kept = retain(deeper);
          return async (n: number) => await kept(n);
        },
      ],
    });
    expect(result).toBe(11);
    await expect(
      promised(
        pair.remote.run({
          steps: [
            () => {
              throw new RangeError("from the callback");
            },
          ],
        }),
      ),
    ).rejects.toMatchObject({ code: "INTERNAL", message: expect.stringContaining("from the callback") });
    await pair.client.close();
    await pair.server.close();
  });

  it("is the same stub while it is alive, and itself again at home", async () => {
    const seen: unknown[] = [];
    const pair = open({
      both: (a: unknown, b: { readonly again: unknown }) => {
        seen.push(a === b.again);
        return [a, b.again];
      },
    });
    const mine = () => 1;
    expect(await pair.remote.both(mine, { again: mine })).toEqual([mine, mine]);
    expect(seen).toEqual([true]);
    await pair.done();
  });

  it("an API's own functions come home as themselves, bound to what they belong to", async () => {
    const counter = new Counter();
    const api = { counter, same: (fn: unknown) => fn === api.helper, helper: () => 1, run: (fn: Loose) => fn(2) };
    const pair = open(api);
    expect(await pair.remote.same(pair.remote.helper)).toBe(true);
    expect(await pair.remote.run(pair.remote.counter.increase)).toBe(2);
    await pair.done();
  });

  it("is forwarded to a third party, and goes on working through the middle", async () => {
    const third = open({ call: (fn: Loose) => fn("third") });
    const middle = open({ forward: async (fn: Loose) => await third.remote.call(fn) });
    expect(await middle.remote.forward((from: string) => `called by ${from}`)).toBe("called by third");
    await turns();
    await third.done();
    await middle.done();
  });
});

describe("what is lent", () => {
  it("ends with its call, and says so when it is used afterwards", async () => {
    let kept: Loose;
    const pair = open({
      keep(callback: Loose) {
        kept = callback;
      },
    });
    await pair.remote.keep(() => 1);
    await expect(promised(kept())).rejects.toMatchObject({
      ...{ code: "FAILED_PRECONDITION", delivered: "no" },
      message:
        'this stub cannot be used: it was lent for the call of "keep", which has been answered: retain it to keep it',
    });
    await pair.done();
  });

  it("is kept by retain, given back by release: each hold once, however often it is said", async () => {
    let holds: Loose[] = [];
    const pair = open({
      keep(callback: Loose) {
        holds = [retain(callback), retain(callback)];
      },
    });
    await pair.remote.keep(() => "here");
    await turns();
    expect(pair.client.stats().exports).toBe(1);
    release(holds[0]);
    release(holds[0]);
    holds[0][Symbol.dispose]();
    await turns();
    expect(await holds[1]()).toBe("here");
    await expect(promised(holds[0]())).rejects.toMatchObject({
      message: expect.stringContaining("it has been released"),
    });
    release(holds[1]);
    await pair.done();
  });

  it("G-21 tells an event source when its listener has gone: disposable(off) runs once", async () => {
    let off = 0;
    const listeners = new Set<Loose>();
    const api = {
      onChange(callback: Loose) {
        const keep = retain(callback);
        listeners.add(keep);
        return disposable(() => {
          off++;
          listeners.delete(keep);
          release(keep);
        });
      },
    };
    const pair = open(api);
    const heard: number[] = [];
    const first = await pair.remote.onChange((n: number) => void heard.push(n));
    const second = await pair.remote.onChange((n: number) => void heard.push(n * 10));
    for (const listener of listeners) listener(1);
    await turns();
    expect(heard).toEqual([1, 10]);
    await first();
    first[Symbol.dispose]();
    await turns();
    expect([off, listeners.size]).toEqual([1, 1]);
    second[Symbol.dispose]();
    await turns();
    expect([off, listeners.size]).toEqual([2, 0]);
    await pair.done();
  });

  it("what a subscriber held is disposed of when its session ends", async () => {
    let off = 0;
    const pair = open({ subscribe: () => disposable(() => void off++) });
    await pair.remote.subscribe();
    await pair.client.close();
    await turns();
    expect(off).toBe(1);
  });

  it('lives as long as the session with callbacks: "session", as in ioRPC', async () => {
    let kept: Loose;
    const pair = open(
      {
        keep(callback: Loose) {
          kept = callback;
        },
      },
      { client: { callbacks: "session" } },
    );
    await pair.remote.keep(() => "still here");
    await turns();
    expect(await kept()).toBe("still here");
    expect(pair.client.stats().exports).toBe(1);
    kept[Symbol.dispose]();
    await pair.done();
  });
});

describe("an object by reference", () => {
  it("M-16 shows methods of its class and nothing else", async () => {
    const counter = new Counter();
    const pair = open({ get: () => counter });
    const stub = await pair.remote.get();
    expect(await stub.increase()).toBe(1);
    expect(await stub.increase(5)).toBe(6);
    for (const name of ["field", "getter", "_internal", "constructor", "toString", "hasOwnProperty", "disposed"]) {
      const member = stub[name];
      if (member === undefined) continue;
      await expect(promised(member()), name).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
    }
    stub[Symbol.dispose]();
    await turns();
    expect(counter.disposed).toBe(1);
    await pair.done();
  });

  it("is disposed of once, by the last of those who hold it", async () => {
    const counter = new Counter();
    const pair = open({ get: () => counter });
    const [a, b] = [await pair.remote.get(), await pair.remote.get()];
    expect(a).toBe(b);
    release(a);
    await turns();
    expect(counter.disposed).toBe(0);
    release(b);
    release(b);
    await turns();
    expect(counter.disposed).toBe(1);
    await expect(promised(a.increase())).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    await pair.done();
  });

  it("proxy() shows own functions, or the names that it is given", async () => {
    const plain = proxy({ visible: () => 1, hidden: 2 });
    const named = proxy(new Map([["a", 1]]), ["get", "has"]);
    const pair = open({ plain: () => plain, named: () => named });
    const [first, second] = [await pair.remote.plain(), await pair.remote.named()];
    expect(await first.visible()).toBe(1);
    await expect(promised(first.hidden())).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
    expect(await second.get("a")).toBe(1);
    await expect(promised(second.set("a", 2))).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
    release([first, { second }]);
    await pair.done();
  });

  it("R-08 R-09 release(value) gives back everything inside, and the other side's count goes to 0", async () => {
    const pair = open({ many: () => ({ list: [() => 1, new Counter()], map: new Map([["fn", () => 2]]) }) });
    const value = await pair.remote.many();
    expect(pair.server.stats().exports).toBe(3);
    release(value);
    release(value);
    await pair.done();
  });

  it("a stub that is collected gives its hold back, but never while a call on it is in flight", async () => {
    let finish = () => {};
    const started: unknown[] = [];
    const pair = open({
      make: () => async () => {
        started.push(1);
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return "finished";
      },
    });
    let call: Promise<unknown> | undefined;
    await (async () => {
      const made = await pair.remote.make();
      call = promised(made());
    })();
    await turns();
    await collected(() => pair.client.stats().stubs === 0);
    expect(pair.client.stats().stubs).toBe(1);
    finish();
    expect(await call).toBe("finished");
    await collected(() => pair.client.stats().stubs === 0);
    await pair.done();
  });

  it("M-16 stubs fail, and say why, once the session has ended", async () => {
    const pair = open({ make: () => () => 1 });
    const made = await pair.remote.make();
    await pair.client.close();
    await expect(promised(made())).rejects.toMatchObject({
      message: "this stub cannot be used: the session has ended: closed by this side",
    });
  });
});

describe("two sessions at once", () => {
  it("R-11 both sides expose, call, and reach the caller's API from a handler", async () => {
    const [here, there] = transportPair();
    const server = openSession(there, {
      expose: {
        async greet(this: { remote: Loose }) {
          return `hello ${await this.remote.name()}`;
        },
      },
    });
    const client = openSession<{ greet(): Promise<string> }>(here, { expose: { name: () => "ada" } });
    expect(await client.remote.greet()).toBe("hello ada");
    await client.close();
    await server.close();
  });
});
