import { nodeOf } from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { procedure } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

describe("caps", () => {
  it("F-32 concurrency lets so many run, over all peers, and the others wait in line; streams count until they end", async () => {
    let running = 0;
    let most = 0;
    const api = {
      work: procedure
        .input(z.number())
        .concurrency(2)
        .handler(async ({ input }) => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 1));
          running--;
          return input;
        }),
      stream: procedure.concurrency(1).handler(async function* () {
        yield ++running;
        yield running;
      }),
    };
    const { remote, end } = wire(api);
    const results = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => remote.work(n)));
    expect([results, most, running]).toEqual([[1, 2, 3, 4, 5, 6], 2, 0]);
    const first = await remote.stream();
    let second: unknown;
    const waiting = Promise.resolve(remote.stream()).then((stream) => {
      second = stream;
      return stream.return?.(undefined as never);
    });
    await first.next();
    expect(second).toBeUndefined();
    await first.return?.(undefined as never);
    await waiting;
    await end();
  });

  it("a call that gives up while it waits leaves the line", async () => {
    let finish = () => {};
    const runs: number[] = [];
    const giveUp = new AbortController();
    const api = {
      work: procedure
        .input(z.number())
        .concurrency(1)
        .handler(({ input }) => {
          runs.push(input);
          return new Promise<number>((resolve) => {
            finish = () => resolve(input);
          });
        }),
    };
    const { session, remote, end } = wire(api);
    const first = remote.work(1);
    first.then(undefined, () => {});
    const node = nodeOf(remote.work);
    const second = node?.base.call(node, [2], { signal: giveUp.signal }).promise();
    const third = remote.work(3);
    third.then(undefined, () => {});
    await session.ping();
    giveUp.abort();
    expect((await failureOf(second as Promise<unknown>))["code"]).toBe("CANCELLED");
    finish();
    await first;
    await vi.waitFor(() => expect(runs).toEqual([1, 3]));
    finish();
    expect(await third).toBe(3);
    await end();
  });

  it("a deadline answers in time, aborts the signal, and ends a stream that comes too late", async () => {
    const reasons: unknown[] = [];
    let finish = () => {};
    let ended = 0;
    const api = {
      slow: procedure.deadline(10).handler(({ signal }) => {
        signal.addEventListener("abort", () => reasons.push(signal.reason.code));
        return new Promise<AsyncGenerator<number>>((resolve) => {
          finish = () =>
            resolve({
              return: async () => ({ done: true, value: ++ended }),
              [Symbol.asyncIterator]() {
                return this;
              },
            } as never);
        });
      }),
      quick: procedure.deadline(1000).handler(() => 1),
    };
    const { remote, end } = wire(api);
    expect(await failureOf(remote.slow())).toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: '"slow" did not finish within 10 ms',
    });
    expect(reasons).toEqual(["DEADLINE_EXCEEDED"]);
    finish();
    await vi.waitFor(() => expect(ended).toBe(1));
    expect(await remote.quick()).toBe(1);
    await end();
  });
});
