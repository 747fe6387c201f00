import { release } from "@portolan/protocol";
import { check, equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { turns } from "../turns.ts";

const limit = 10;
const of = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** What a peer can make us hold is bounded: fine below and at the limit, a typed refusal above it. */
export const limitCases: readonly ConformanceCase[] = group("limits", [
  {
    name: "calls in flight: those above what is granted wait, and all are answered",
    async run(kit) {
      const { session, remote } = await kit.open({ limits: { calls: limit } });
      await session.ready;
      let running = 0;
      let most = 0;
      const callback = async () => {
        most = Math.max(most, ++running);
        await turns(1);
        running--;
      };
      await remote.callMany(callback, 5 * limit);
      // How many arrive together is the carrier's affair.
      check(most > 1 && most <= limit, `most callbacks that ran at once: expected at most ${limit}, got ${most}`);
    },
  },
  {
    name: "waiting calls: at the limit they wait, above it they reject",
    async run(kit) {
      const { session, remote } = await kit.open({ limits: { queuedCalls: limit } });
      await session.ready;
      const abandoned = of(1024, () => remote.abandon());
      for (const call of abandoned) call.catch(() => {});
      const waiting = of(limit, () => remote.add(1, 1));
      for (const call of waiting) call.catch(() => {});
      equal(session.stats().calls.queued, limit, "calls that wait");
      equal((await rejects(remote.add(1, 1), "RESOURCE_EXHAUSTED", "one more")).delivered, "no", "delivered");
      await session.close();
      for (const call of [...abandoned, ...waiting]) await rejects(call, "CANCELLED", "at the close");
    },
  },
  {
    name: "references of ours: at the limit, and above it",
    async run(kit) {
      const { remote } = await kit.open({ limits: { references: limit } });
      for (const count of [limit - 1, limit]) await remote.echo(of(count, (n) => () => n));
      const error = await rejects(remote.echo(of(limit + 1, (n) => () => n)), "RESOURCE_EXHAUSTED", "one too many");
      equal(error.delivered, "no", "delivered");
    },
  },
  {
    name: "references of theirs: at the limit, and above it",
    async run(kit) {
      const { session, remote } = await kit.open({ limits: { references: limit } });
      for (const count of [limit - 1, limit]) {
        const adders = await remote.adders(count);
        equal(session.stats().stubs, count, "stubs");
        release(adders);
      }
      await rejects(remote.adders(limit + 1), "DATA_LOSS", "one too many");
      equal(await remote.add(1, 2), 3, "the next call");
    },
  },
  {
    name: "streams: at the limit, and above it",
    async run(kit) {
      const { remote } = await kit.open({ limits: { streams: 3 } });
      const open = await Promise.all(of(3, (index) => remote.numbers(3, `l${index}`)));
      await rejects(remote.numbers(3, "l3"), "DATA_LOSS", "one too many");
      for (const stream of open) await stream.return?.("");
      const again = await remote.numbers(1, "again");
      equal((await again.next()).value, 0, "a stream after the others have ended");
      await again.return?.("");
    },
  },
  {
    name: "paths: 8 segments and 256 characters, and not one more",
    async run(kit) {
      const { session } = await kit.open();
      const at = (segments: readonly string[]): (() => Promise<unknown>) => {
        let stub = session.remote as unknown as Record<string, unknown>;
        for (const segment of segments) stub = stub[segment] as Record<string, unknown>;
        return stub as unknown as () => Promise<unknown>;
      };
      await rejects(at(of(8, () => "x"))(), "UNIMPLEMENTED", "8 segments");
      await rejects(at(["x".repeat(256)])(), "UNIMPLEMENTED", "256 characters");
      await rejects(at(of(9, () => "x"))(), "INVALID_ARGUMENT", "9 segments");
      await rejects(at(["x".repeat(257)])(), "INVALID_ARGUMENT", "257 characters");
    },
  },
  {
    name: "metadata of a session: 16 KiB, and not more",
    async run(kit) {
      const { remote } = await kit.open({ metadata: "x".repeat(16_000) });
      equal(((await remote.metadata()) as unknown[])[1], "x".repeat(16_000), "metadata below the limit");
      const { session } = await kit.open({ metadata: "x".repeat(17_000) });
      equal((await session.closed).code, "RESOURCE_EXHAUSTED", "the end of a session with too much");
    },
  },
  {
    name: "depth of values from an untrusted peer: at the limit, and above it",
    needs: ["we mistrust far"],
    async run(kit) {
      const { remote } = await kit.open({ limits: { depth: 20 } });
      check(Array.isArray(await remote.nest(18)), "below the limit");
      const error = await remote.nest(40).catch((thrown: unknown) => thrown);
      check(
        ["DATA_LOSS", "RESOURCE_EXHAUSTED", "UNAVAILABLE", "PROTOCOL_ERROR"].includes(codeOf(error)),
        `got ${String(error)}`,
      );
    },
    async instead(kit) {
      const { remote } = await kit.open({ limits: { depth: 20 } });
      check(Array.isArray(await remote.nest(200)), "a trusted peer has no limit of depth");
    },
  },
  {
    name: "bytes from an untrusted peer: the far side is told what we take and does not send more",
    needs: ["we mistrust far"],
    async run(kit) {
      const { remote, session } = await kit.open({ limits: { message: 50_000 } });
      await session.ready;
      equal(((await remote.callBack(() => "x".repeat(1000))) as string).length, 1000, "below the limit");
      equal(await remote.show("x".repeat(1000)), JSON.stringify("x".repeat(1000)), "an answer below the limit");
    },
  },
]);

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}
