import { check, equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import type { Near } from "../kit.ts";
import { soon, turns } from "../turns.ts";
import { withCallOptions } from "../with-call-options.ts";

/** Cancellation and deadlines. */
export const timeCases: readonly ConformanceCase[] = group("time", [
  {
    name: "aborting rejects in the same turn and reaches the handler",
    async run(kit) {
      const near = await kit.open();
      await near.session.ready;
      const abort = new AbortController();
      const call = withCallOptions(near.remote, { signal: abort.signal }).hang("h");
      await noted(near, "started h");
      abort.abort(new Error("why"));
      const error = await rejects(call, "CANCELLED", "the aborted call");
      equal((error.cause as Error).message, "why", "the cause");
      await noted(near, "aborted h CANCELLED");
    },
  },
  {
    name: "a call aborted before it is made is never sent",
    async run(kit) {
      const near = await kit.open({ tapped: true });
      await near.remote.nothing();
      const before = near.tapped.length;
      const call = withCallOptions(near.remote, { signal: AbortSignal.abort() }).run("never");
      equal((await rejects(call, "CANCELLED", "the call")).delivered, "no", "delivered");
      equal(near.tapped.length, before, "messages that passed");
    },
  },
  {
    name: "a call aborted in the turn that made it does not run",
    async run(kit) {
      const near = await kit.open();
      await near.session.ready;
      const abort = new AbortController();
      const call = withCallOptions(near.remote, { signal: abort.signal }).run("taken back");
      abort.abort();
      equal((await rejects(call, "CANCELLED", "the call")).delivered, "no", "delivered");
      equal(await near.remote.ran("taken back"), 0, "runs");
    },
  },
  {
    name: "aborting after the answer changes nothing",
    async run(kit) {
      const near = await kit.open();
      const abort = new AbortController();
      equal(await withCallOptions(near.remote, { signal: abort.signal }).add(1, 2), 3, "the answer");
      abort.abort();
      equal(await near.remote.add(1, 2), 3, "the next call");
    },
  },
  {
    name: "aborts that race with answers settle each call once, and run each handler at most once",
    async run(kit) {
      const near = await kit.open();
      await near.session.ready;
      const calls = Array.from({ length: 50 }, async (_, index) => {
        const abort = new AbortController();
        const call = withCallOptions(near.remote, { signal: abort.signal }).run(`race ${index}`);
        void turns(index % 4).then(() => abort.abort());
        await call.catch(() => {});
      });
      await Promise.all(calls);
      for (let index = 0; index < 50; index++)
        check((await near.remote.ran(`race ${index}`)) <= 1, "a handler ran twice");
    },
  },
  {
    name: "a deadline rejects with DEADLINE_EXCEEDED and reaches the handler",
    async run(kit) {
      const near = await kit.open();
      await near.session.ready;
      const started = performance.now();
      await rejects(withCallOptions(near.remote, { timeout: 30 }).hang("d"), "DEADLINE_EXCEEDED", "the late call");
      check(performance.now() - started >= 25, "it came too early");
      await noted(near, "aborted d DEADLINE_EXCEEDED");
    },
  },
  {
    name: "a deadline does not touch calls that answer in time, and leaves no clock behind",
    async run(kit) {
      const near = await kit.open();
      equal(await withCallOptions(near.remote, { timeout: 60_000 }).later(2, "in time"), "in time", "the answer");
    },
  },
  {
    name: "a signal that is passed as an argument aborts over there, with its reason",
    async run(kit) {
      const near = await kit.open();
      const abort = new AbortController();
      const aborted = near.remote.untilAborted(abort.signal);
      await near.remote.nothing();
      abort.abort({ because: 5n });
      equal(await aborted, '{"because":5n}', "the reason over there");
    },
  },
  {
    name: "a stream with an idle timeout gives up when nothing comes",
    async run(kit) {
      const near = await kit.open();
      const stream = await withCallOptions(near.remote, { idleTimeout: 30 }).silent("idle");
      await rejects(stream.next(), "DEADLINE_EXCEEDED", "the silent stream");
    },
  },
  {
    name: "aborting a call's signal ends its streams",
    async run(kit) {
      const near = await kit.open();
      const abort = new AbortController();
      const stream = await withCallOptions(near.remote, { signal: abort.signal }).endless("s");
      await stream.next();
      abort.abort();
      await rejects(drain(stream), "CANCELLED", "reading on");
      check(await soon(async () => (await near.remote.ran("finally s")) > 0), "the producer was not stopped");
    },
  },
]);

async function noted({ remote }: Near, what: string): Promise<void> {
  check(await soon(async () => (await remote.noted()).includes(what)), `it was never noted: ${what}`);
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
