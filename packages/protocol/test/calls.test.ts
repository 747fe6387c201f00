import { afterEach, describe, expect, it, vi } from "vitest";
import { openSession, RpcError, transportPair } from "../src/index.ts";
import { type Loose, open, promised, turns, withOptions } from "./sessions.ts";

/** An API whose handlers wait for the test, and count how often they ran. */
function waiting() {
  const runs: { readonly signal: AbortSignal; readonly finish: (value: unknown) => void }[] = [];
  return {
    runs,
    api: {
      add: (a: number, b: number) => a + b,
      wait(this: { signal: AbortSignal }) {
        return new Promise((finish) => runs.push({ signal: this.signal, finish }));
      },
      fail() {
        throw new RpcError("NOT_FOUND", "no such thing", { data: { id: 7 } });
      },
    },
  };
}

afterEach(() => vi.useRealTimers());

describe("a call settles exactly once", () => {
  it("R-03 R-05 G-06 by its result", async () => {
    const { api } = waiting();
    const pair = open(api);
    expect(await pair.remote.add(1, 2)).toBe(3);
    await pair.done();
  });

  it("R-05 by what its handler threw, with code, message and data", async () => {
    const { api } = waiting();
    const pair = open(api);
    await expect(promised(pair.remote.fail())).rejects.toMatchObject({
      ...{ code: "NOT_FOUND", message: "no such thing", data: { id: 7 }, delivered: "yes" },
    });
    await pair.done();
  });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["0", 0],
    ["a string", "someError"],
    ["an object", { plain: true }],
  ])("R-06 by %s thrown, which a trusted peer finds as the cause", async (_name, thrown) => {
    const pair = open({
      fail() {
        throw thrown;
      },
      failLater: () => Promise.reject(thrown),
    });
    for (const name of ["fail", "failLater"]) {
      const error = await promised(pair.remote[name]()).catch((reason: unknown) => reason);
      expect(RpcError.is(error)).toBe(true);
      expect(error).toMatchObject({ code: "INTERNAL", cause: thrown });
      expect(Object.hasOwn(error as object, "cause")).toBe(true);
    }
    await pair.done();
  });

  it("R-20 by its deadline: the handler is told, and the answer that comes later changes nothing", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { api, runs } = waiting();
    const pair = open(api);
    await pair.client.ready;
    const late = promised(withOptions(pair.remote.wait, { timeout: 500 })());
    const caught = late.catch((error: unknown) => error);
    await turns();
    vi.advanceTimersByTime(499);
    await turns();
    expect(runs[0]?.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await caught).toMatchObject({
      ...{ code: "DEADLINE_EXCEEDED", message: '"wait" did not answer within 500 ms', delivered: "unknown" },
    });
    await turns();
    expect(runs[0]?.signal.reason).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    runs[0]?.finish("too late");
    await turns();
    // The peer is not asked after any more: what would have done so runs out, and is not set anew.
    vi.advanceTimersByTime(1000);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    await pair.done();
  });

  it("by an abort before it leaves: nothing is sent, and delivered says so", async () => {
    const { api, runs } = waiting();
    const pair = open(api);
    const reason = new Error("never mind");
    await expect(
      promised(withOptions(pair.remote.wait, { signal: AbortSignal.abort(reason) })()),
    ).rejects.toMatchObject({ code: "CANCELLED", delivered: "no", cause: reason });
    const controller = new AbortController();
    const inTurn = promised(withOptions(pair.remote.wait, { signal: controller.signal })());
    controller.abort(reason);
    await expect(inTurn).rejects.toMatchObject({ code: "CANCELLED", delivered: "no", cause: reason });
    await turns();
    expect(runs).toHaveLength(0);
    await pair.done();
  });

  it("by an abort in flight: at once here, and over there the signal says so", async () => {
    const { api, runs } = waiting();
    const pair = open(api);
    const controller = new AbortController();
    const call = promised(withOptions(pair.remote.wait, { signal: controller.signal })());
    await turns();
    controller.abort(new Error("enough"));
    await expect(call).rejects.toMatchObject({ code: "CANCELLED", delivered: "unknown" });
    await turns();
    expect(runs[0]?.signal.reason).toMatchObject({ code: "CANCELLED", message: "the caller gave up" });
    runs[0]?.finish(1);
    await pair.done();
  });

  it("and an abort after the answer does nothing, and listens no more", async () => {
    const { api } = waiting();
    const pair = open(api);
    const controller = new AbortController();
    const { signal } = controller;
    const removed = vi.spyOn(signal, "removeEventListener");
    expect(await withOptions(pair.remote.add, { signal })(1, 2)).toBe(3);
    expect(removed).toHaveBeenCalled();
    controller.abort();
    await pair.done();
  });

  it("R-24 by our own close: CANCELLED here, and UNAVAILABLE for the other side's calls", async () => {
    const { api, runs } = waiting();
    const [here, there] = transportPair();
    const mine = openSession(here, { expose: api });
    const theirs = openSession(there, { expose: api });
    const asked = promised((mine.remote as Loose).wait());
    const answered = promised((theirs.remote as Loose).wait());
    const outcomes = Promise.allSettled([asked, answered]);
    await turns();
    await mine.close();
    expect(await outcomes).toMatchObject([
      { reason: { code: "CANCELLED", delivered: "unknown", message: "closed by this side" } },
      { reason: { code: "UNAVAILABLE", delivered: "unknown", message: "the other side closed the session" } },
    ]);
    expect(runs.every(({ signal }) => signal.aborted)).toBe(true);
    expect(await theirs.closed).toMatchObject({ code: "OK", by: "remote" });
  });

  it("R-28 by the transport's end, with its cause; calls made afterwards reject in the same turn", async () => {
    const { api } = waiting();
    const pair = open(api);
    const calls = Array.from({ length: 100 }, () => promised(pair.remote.wait()));
    const outcomes = Promise.allSettled(calls);
    await turns();
    const cause = new Error("segmentation fault");
    pair.transports[0].close({ code: "UNAVAILABLE", message: "the worker died", by: "platform", cause });
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ reason: { code: "UNAVAILABLE", message: "the worker died", cause } });
    }
    let afterwards: unknown;
    promised(pair.remote.add(1, 2)).catch((error: unknown) => {
      afterwards = error;
    });
    for (let microtask = 0; microtask < 10; microtask++) await null;
    expect(afterwards).toMatchObject({ code: "UNAVAILABLE", delivered: "no", cause });
  });

  it("`delivered` says no for calls that never left", async () => {
    const pair = open({ wait: () => new Promise(() => {}) }, { server: { limits: { calls: 1 } } });
    await pair.client.ready;
    const [first, second] = [promised(pair.remote.wait()), promised(pair.remote.wait())];
    const outcomes = Promise.allSettled([first, second]);
    await turns();
    expect(pair.client.stats().calls).toMatchObject({ inFlight: 1, queued: 1 });
    await pair.client.close();
    expect(await outcomes).toMatchObject([{ reason: { delivered: "unknown" } }, { reason: { delivered: "no" } }]);
  });

  it("UNIMPLEMENTED says that nothing ran", async () => {
    const pair = open({ known: { here: () => 1 } });
    for (const call of [pair.remote.unknown, pair.remote.known.there, pair.remote.known]) {
      await expect(promised(call())).rejects.toMatchObject({ code: "UNIMPLEMENTED", delivered: "no" });
    }
    await pair.done();
  });
});

describe("the remaining time", () => {
  it("is told to the handler, for calls made on its behalf", async () => {
    const pair = open({
      remaining(this: { remaining: number | undefined }) {
        return this.remaining;
      },
    });
    expect(await pair.remote.remaining()).toBeUndefined();
    const remaining = await withOptions(pair.remote.remaining, { timeout: 10_000 })();
    expect(remaining).toBeGreaterThan(9_000);
    expect(remaining).toBeLessThanOrEqual(10_000);
    await pair.done();
  });
});

describe("order", () => {
  it("O-21 handlers start in the order of their calls, notifications among them", async () => {
    const seen: number[] = [];
    const pair = open({ note: (n: number) => void seen.push(n) });
    const note = withOptions(pair.remote.note, { notify: true });
    const last = [];
    for (let n = 0; n < 500; n++) {
      if (n % 3 === 0) note(n);
      else last.push(promised(pair.remote.note(n)));
    }
    await Promise.all(last);
    expect(seen).toEqual(Array.from({ length: 500 }, (_, n) => n));
    await pair.done();
  });

  it("G-09 answers find their calls, however they interleave", async () => {
    const pair = open({
      echo: async (n: number) => {
        for (let turn = 0; turn < (n * 7) % 5; turn++) await turns(1);
        return n;
      },
    });
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    expect(await Promise.all(numbers.map((n) => pair.remote.echo(n)))).toEqual(numbers);
    await pair.done();
  });
});

describe("a notification", () => {
  it("R-07 G-03 runs over there and is answered by nothing; what it throws goes to onError over there", async () => {
    const errors: unknown[] = [];
    const pair = open(
      {
        fail() {
          throw new Error("nobody waits");
        },
      },
      { server: { onError: (error, { path }) => void errors.push([path, (error as Error).message]) } },
    );
    expect(withOptions(pair.remote.fail, { notify: true })()).toBeUndefined();
    await turns();
    expect(errors).toEqual([[["fail"], "nobody waits"]]);
    await pair.done();
  });

  it("refuses what nothing would end", () => {
    const pair = open({ note() {} });
    const note = withOptions(pair.remote.note, { notify: true });
    for (const live of [() => {}, (async function* () {})(), Promise.resolve(), new AbortController().signal]) {
      expect(() => note(live)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
  });
});

describe("a failure that nobody reads", () => {
  it("goes to onError once, and never becomes an unhandled rejection; silent for CANCELLED and UNAVAILABLE", async () => {
    const errors: unknown[] = [];
    const { api } = waiting();
    const pair = open(api, { client: { onError: (error) => void errors.push(error) } });
    pair.remote.fail();
    for (let n = 0; n < 100; n++) pair.remote.wait();
    await vi.waitFor(() => expect(errors).toMatchObject([{ code: "NOT_FOUND" }]));
    await pair.server.close();
    await turns();
    // Whoever reads a failure has until the next timers to do so.
    await new Promise((resolve) => setTimeout(resolve));
    expect(errors).toHaveLength(1);
  });

  it("onError that throws is told of on the console", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const pair = open(waiting().api, {
      client: {
        onError() {
          throw new Error("hook");
        },
      },
    });
    pair.remote.fail();
    await vi.waitFor(() => expect(said).toHaveBeenCalledOnce());
    await pair.done();
  });
});

describe("looking at a stub", () => {
  it("sends nothing: await, JSON, inspection, equality, symbols", async () => {
    const pair = open({});
    const { remote } = pair;
    expect(await (async () => remote)()).toBe(remote);
    JSON.stringify({ remote, inner: remote.a.b });
    expect(String(remote)).toBe("[PortolanStub]");
    expect(remote.a.b.then).toBeUndefined();
    (await import("node:util")).inspect(remote, { depth: 9, showHidden: true });
    expect(Object.keys(remote)).toEqual([]);
    expect("anything" in remote).toBe(false);
    expect(() => {
      remote.x = 1;
    }).toThrow(TypeError);
    for (const name of ["__proto__", "constructor", "prototype", "toJSON", "asymmetricMatch", "$$typeof"]) {
      expect(remote[name]).toBeUndefined();
    }
    await pair.done();
  });
});
