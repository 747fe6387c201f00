import {
  currentCall,
  defineConnector,
  metaOf,
  type OutgoingCall,
  type OutgoingInterceptor,
  openSession,
  type Remote,
  RpcError,
  type Session,
  transportPair,
  withMeta,
} from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { createClient, type ResumeOptions, resume, retry, stats, status, withOptions } from "../src/index.ts";
import { dialledOnce } from "./dialled-once.ts";

const quick: ResumeOptions = { backoff: { first: 1, longest: 2 } };

/** A server that counts, behind a connection that can be cut at any time. */
class Shaky {
  cuts = 0;
  runs = 0;
  session: Session | undefined;
  readonly api = { count: (upTo: number) => this.#count(upTo, currentCall()?.after) };

  readonly connector = defineConnector(
    () => {
      const [near, far] = transportPair();
      this.session = openSession(far, { expose: this.api });
      return near;
    },
    { backoff: { first: 1, longest: 2 } },
  );

  cut(): void {
    if (!this.session || this.session.ended) return;
    this.cuts++;
    void this.session?.close({ reason: { code: "UNAVAILABLE", message: "cut" } });
  }

  /** Runs before the first item of each run; may cut. */
  before: (run: number) => Promise<void> | void = () => {};

  async *#count(upTo: number, after: string | undefined) {
    await this.before(++this.runs);
    for (let number = after === undefined ? 1 : Number(after) + 1; number <= upTo; number++) {
      yield withMeta(number, { id: String(number) });
    }
    return "all";
  }
}

describe("resume", () => {
  it("O-27 F-23 a stream whose items carry ids goes on behind the last one seen, 100 times, nothing lost or doubled", async () => {
    const shaky = new Shaky();
    const client = createClient<typeof shaky.api>(shaky.connector, { interceptors: { outgoing: [resume()] } });
    const seen: number[] = [];
    const stream = (await client.count(30_000)) as AsyncIterableIterator<number>;
    for await (const number of stream) {
      seen.push(number);
      expect(metaOf(stream)?.id).toBe(String(number));
      if (number % 10 === 0 && shaky.cuts < 100) shaky.cut();
    }
    expect(seen).toEqual(Array.from({ length: 30_000 }, (_, index) => index + 1));
    expect(shaky.cuts).toBe(100);
    expect(shaky.runs).toBe(101);
    expect(stats(client)?.streams).toBe(0);
    await client.close();
    expect(status(client).state).toBe("closed");
  });

  it("O-27 a stream that goes on behind a lost connection keeps its ids for a third party that it is sent on to", async () => {
    const shaky = new Shaky();
    const upstream = createClient<typeof shaky.api>(shaky.connector, { interceptors: { outgoing: [resume()] } });
    const [here, there] = transportPair();
    const gateway = openSession(there, { expose: { count: () => upstream.count(40) } });
    const client = createClient<{ count(): AsyncGenerator<number> }>(here);
    const stream = (await client.count()) as AsyncIterableIterator<number>;
    const ids: unknown[] = [];
    for await (const number of stream) {
      ids.push(metaOf(stream)?.id);
      if (number === 20) shaky.cut();
    }
    expect(ids).toEqual(Array.from({ length: 40 }, (_, index) => String(index + 1)));
    expect(shaky.cuts).toBe(1);
    expect([stats(client)?.streams, gateway.stats().streams]).toEqual([0, 0]);
    await client.close();
    await upstream.close();
    expect(status(upstream).state).toBe("closed");
  });

  it("O-27 without resume the stream fails as UNAVAILABLE, and so does one whose items carry no ids", async () => {
    const shaky = new Shaky();
    const client = createClient<typeof shaky.api>(shaky.connector);
    const reading = (async () => {
      for await (const number of await client.count(1_000_000)) if (number === 10) shaky.cut();
    })();
    await expect(reading).rejects.toSatisfy((error) => RpcError.is(error) && error.code === "UNAVAILABLE");
    await client.close();
  });
});

describe("resume, before the first item", () => {
  it("O-27 a stream whose connection drops starts over, and still loses and doubles nothing", async () => {
    const shaky = new Shaky();
    shaky.before = async (run) => {
      if (run > 5) return;
      shaky.cut();
      await new Promise(() => {});
    };
    const client = createClient<typeof shaky.api>(shaky.connector, { interceptors: { outgoing: [resume(quick)] } });
    const seen: number[] = [];
    for await (const number of await client.count(300)) seen.push(number);
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect([shaky.runs, shaky.cuts]).toEqual([6, 5]);
    expect(stats(client)?.streams).toBe(0);
    await client.close();
  });

  it("it starts over from where it was first asked to", async () => {
    const shaky = new Shaky();
    shaky.before = (run) => (run === 1 ? shaky.cut() : undefined);
    const after = (call: OutgoingCall, next: (call: OutgoingCall) => unknown) => next({ ...call, after: "7" });
    const client = createClient<typeof shaky.api>(shaky.connector, {
      interceptors: { outgoing: [after as OutgoingInterceptor, resume(quick)] },
    });
    const seen: number[] = [];
    for await (const number of await client.count(10)) seen.push(number);
    expect(seen).toEqual([8, 9, 10]);
    await client.close();
  });

  it("it gives up after so many attempts in a row, and at once for what is no lost connection", async () => {
    const shaky = new Shaky();
    shaky.before = () => shaky.cut();
    const outgoing = [resume({ ...quick, attempts: 3 })];
    const client = createClient<typeof shaky.api>(shaky.connector, { interceptors: { outgoing } });
    const reading = async () => {
      for await (const _ of await client.count(10));
    };
    await expect(reading()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(shaky.runs).toBe(4);
    shaky.before = () => {
      throw new RpcError("PERMISSION_DENIED", "no counting");
    };
    await expect(reading()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(shaky.runs).toBe(5);
    await client.close();
  });

  it("one whose items carry no ids starts over too, and not once an item has come", async () => {
    const shaky = new Shaky();
    const api = {
      async *plain() {
        await shaky.before(++shaky.runs);
        yield 1;
        yield 2;
      },
    };
    Object.assign(shaky.api, api);
    shaky.before = (run) => (run === 1 ? shaky.cut() : undefined);
    const client = createClient<typeof api>(shaky.connector, { interceptors: { outgoing: [resume(quick)] } });
    const stream = (await client.plain()) as AsyncIterableIterator<number>;
    expect((await stream.next()).value).toBe(1);
    shaky.cut();
    const rest = async () => {
      for await (const _ of stream);
    };
    // What had arrived before the cut may still be read; nothing is asked for again.
    await rest().catch((error: unknown) => expect(error).toMatchObject({ code: "UNAVAILABLE" }));
    expect(shaky.runs).toBe(2);
    await client.close();
  });

  it("a call that is lost before it gives its stream is made again only where a test says that it may be", async () => {
    const shaky = new Shaky();
    let opens = 0;
    const api = {
      async open() {
        if (++opens === 1 || opens === 3) {
          shaky.cut();
          await new Promise(() => {});
        }
        return (async function* () {
          yield withMeta(opens, { id: "1" });
        })();
      },
    };
    Object.assign(shaky.api, api);
    const may = createClient<typeof api>(shaky.connector, {
      interceptors: { outgoing: [resume({ ...quick, when: ({ path }) => path[0] === "open" })] },
    });
    expect((await ((await may.open()) as AsyncIterableIterator<number>).next()).value).toBe(2);
    const unasked = createClient<typeof api>(shaky.connector, { interceptors: { outgoing: [resume(quick)] } });
    await expect(unasked.open()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(opens).toBe(3);
    await may.close();
    await unasked.close();
  });
});

describe("resume, while it waits", () => {
  const slow: ResumeOptions = { backoff: { first: 60_000, random: () => 1 } };

  async function waiting(signal?: AbortSignal) {
    const shaky = new Shaky();
    // The second run begins the long wait.
    shaky.before = (run) => (run <= 2 ? shaky.cut() : undefined);
    const client = createClient<typeof shaky.api>(shaky.connector, { interceptors: { outgoing: [resume(slow)] } });
    const asked = signal ? withOptions(client, { signal }) : client;
    const stream = (await asked.count(10)) as AsyncIterableIterator<number>;
    const reads = [stream.next(), stream.next()];
    await vi.waitFor(() => expect(shaky.runs).toBe(2));
    await vi.waitFor(() => expect(status(client).state).toBe("ready"));
    // The loss has reached the reader, who waits a minute now.
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    return { shaky, client, stream, reads };
  }

  it("the reader may end the stream: those who read get its end, at once", async () => {
    const { client, stream, reads, shaky } = await waiting();
    await stream.return?.();
    expect(await Promise.all(reads)).toEqual([1, 2].map(() => ({ done: true, value: undefined })));
    expect(shaky.runs).toBe(2);
    await client.close();
  });

  it("the call may be aborted", async () => {
    const controller = new AbortController();
    const { client, reads } = await waiting(controller.signal);
    controller.abort();
    // The first reader is told; the stream has ended for the next one.
    expect(await Promise.allSettled(reads)).toMatchObject([
      { reason: { code: "CANCELLED", cause: { code: "UNAVAILABLE" } } },
      { value: { done: true } },
    ]);
    await client.close();
  });

  it("two readers at once resume it once, and each gets its item in order", async () => {
    const shaky = new Shaky();
    shaky.before = (run) => (run === 1 ? shaky.cut() : undefined);
    const client = createClient<typeof shaky.api>(shaky.connector, { interceptors: { outgoing: [resume(quick)] } });
    const stream = (await client.count(3)) as AsyncIterableIterator<number>;
    const steps = await Promise.all([stream.next(), stream.next(), stream.next()]);
    expect(steps.map(({ value }) => value)).toEqual([1, 2, 3]);
    expect(shaky.runs).toBe(2);
    await stream.return?.();
    await client.close();
  });

  it("and after its client has been closed, nothing is tried again", async () => {
    const shaky = new Shaky();
    const client = createClient<typeof shaky.api>(shaky.connector, {
      interceptors: { outgoing: [resume({ attempts: 1000 }), retry({ attempts: 1000, idempotent: () => true })] },
    });
    const stream = (await client.count(10)) as AsyncIterableIterator<number>;
    await stream.next();
    await client.close();
    const started = performance.now();
    await expect((client as Remote<typeof shaky.api>).count(1)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    // A thousand attempts, or one wait of at least 10 ms, would be seen.
    expect(performance.now() - started).toBeLessThan(5000);
    expect(shaky.runs).toBe(1);
  });
});

describe("a client that closes while a stream waits to go on", () => {
  it("ends the stream at once, with what it was lost by, and leaves no timer", async () => {
    vi.useFakeTimers();
    try {
      const count = async function* () {
        yield withMeta(1, { id: "1" });
        await new Promise(() => {});
      };
      const { source, lose } = dialledOnce({ onError: () => {}, expose: { count } }, { whileDown: "reject" });
      const backoff = { first: 60_000, longest: 60_000 };
      const client = createClient<{ count(): AsyncIterable<number> }>(source, {
        interceptors: { outgoing: [resume({ backoff })] },
      });
      const stream = await client.count();
      expect((await stream.next()).value).toBe(1);
      const next = Promise.resolve(stream.next()).catch((error: unknown) => error);
      lose();
      // The connector's own wait, and the stream's.
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(2), { interval: 1 });
      await client.close();
      expect(await next).toMatchObject({ code: "CANCELLED", cause: { code: "UNAVAILABLE" } });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
