import { describe, expect, it } from "vitest";
import { RpcError } from "../src/index.ts";
import { hostile, type Loose, open, promised, turns } from "./sessions.ts";

describe("a promise that crosses", () => {
  it("settles over there as it does here, as an argument and inside a result", async () => {
    const pair = open({
      take: async ({ soon }: { readonly soon: Promise<unknown> }) => [soon instanceof Promise, await soon],
      give: () => ({ later: new Promise((resolve) => setImmediate(() => resolve("given"))), never: { no: 1 } }),
      fails: () => ({ later: Promise.reject(new RpcError("NOT_FOUND", "not there")) }),
    });
    const soon = new Promise((resolve) => setImmediate(() => resolve("taken")));
    expect(await pair.remote.take({ soon })).toEqual([true, "taken"]);
    expect(await (await pair.remote.give()).later).toBe("given");
    await expect((await pair.remote.fails()).later).rejects.toMatchObject({ code: "NOT_FOUND" });
    await pair.done();
  });

  it("carries functions, lent or owned as the promise was", async () => {
    const pair = open({
      take: async ({ soon }: { readonly soon: Promise<Loose> }) => (await soon)(1),
      give: () => ({ later: Promise.resolve(() => "owned") }),
    });
    expect(await pair.remote.take({ soon: Promise.resolve((n: number) => n + 1) })).toBe(2);
    const { later } = await pair.remote.give();
    const owned = await later;
    await turns();
    expect(await owned()).toBe("owned");
    owned[Symbol.dispose]();
    await pair.done();
  });

  it("that nobody reads, and rejects, ends no process, on either side", async () => {
    const pair = open({ ignore() {}, give: () => ({ later: Promise.reject(new Error("unread")) }) });
    await pair.remote.ignore({ soon: Promise.reject(new Error("unread")) });
    await pair.remote.give();
    await turns();
    await pair.done();
  });

  it("rejects when the session ends first", async () => {
    const pair = open({ give: () => ({ later: new Promise(() => {}) }) });
    const { later } = await pair.remote.give();
    await pair.server.close();
    await expect(later).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("a peer that settles what it never sent, or twice, is left alone", async () => {
    const peer = hostile({ take: async ({ soon }: { soon: Promise<unknown> }) => soon });
    await turns();
    peer.send([1, 1, 0, ["take"], { soon: null }, [[18, [0, "soon"], 5]]]);
    peer.send([10, 77, 1, "x"], [10, 5, 1, "first"], [10, 5, 1, "second"], [10, 5, 0, {}]);
    await turns();
    expect(peer.heard.flat(1)).toContain("first");
    await peer.session.close();
  });

  it("a peer's flood of promises that reject unread meets its limit", async () => {
    const peer = hostile({ take() {} }, { limits: { references: 50 } });
    await turns();
    const many = Array.from({ length: 60 }, (_, n) => [18, [0, n], n + 1]);
    peer.send([1, 1, 0, ["take"], [new Array(60).fill(null)], many]);
    for (let n = 1; n <= 60; n++) peer.send([10, n, 0, { code: "INTERNAL", message: "unread" }]);
    await turns();
    expect(JSON.stringify(peer.heard)).toContain("the limit of 50 references is reached");
    expect(peer.session.stats().promises).toBe(0);
    await peer.session.close();
  });
});

describe("an AbortSignal that crosses", () => {
  it("aborts over there, with its reason", async () => {
    const pair = open({
      wait: ({ signal }: { readonly signal: AbortSignal }) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve(String(signal.reason)))),
    });
    const controller = new AbortController();
    const waiting = pair.remote.wait({ signal: controller.signal });
    await turns();
    controller.abort(new Error("because"));
    expect(await waiting).toBe("Error: because");
    await pair.done();
  });

  it("that has aborted arrives so, without a further message", async () => {
    const pair = open({ read: (signal: AbortSignal) => [signal.aborted, signal.reason] });
    expect(await pair.remote.read(AbortSignal.abort({ code: 7 }))).toEqual([true, { code: 7 }]);
    await pair.done();
  });

  it("is listened to no more once its call is over: a long-lived signal collects no listeners", async () => {
    const pair = open({ read: (signal: AbortSignal) => signal.aborted });
    const controller = new AbortController();
    let listening = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listening++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listening--;
      remove(...args);
    };
    for (let n = 0; n < 100; n++) expect(await pair.remote.read(signal)).toBe(false);
    expect(listening).toBe(0);
    await pair.done();
  });

  it("aborts when the session ends, and with a reason that cannot cross it still aborts", async () => {
    let seen: AbortSignal | undefined;
    const pair = open({
      wait: (signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          seen = signal;
          signal.addEventListener("abort", () => resolve());
        }),
    });
    const controller = new AbortController();
    const waiting = pair.remote.wait(controller.signal);
    await turns();
    class Unknown {
      x = 1;
    }
    controller.abort(new Unknown());
    await waiting;
    expect(seen?.aborted).toBe(true);
    await pair.done();
    const second = open({
      wait: (signal: AbortSignal) => {
        seen = signal;
        return new Promise(() => {});
      },
    });
    second.remote.wait(new AbortController().signal);
    await turns();
    await second.client.close();
    await turns();
    expect(seen?.reason).toMatchObject({ code: "UNAVAILABLE" });
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
