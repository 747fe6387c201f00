import { withOptions } from "@portolan/client";
import { chaos } from "@portolan/conformance";
import type { Transport } from "@portolan/protocol";
import { expect, vi } from "vitest";
import { everywhere, processes, type Row, type Shown } from "./cell.ts";
import { demandEmpty, failure } from "./endings.ts";
import type { Pair, Rig, RigOptions } from "./rig.ts";

const contexts = ["worker_threads", ...processes];

/** F8 to F24: the far side is there, and something goes wrong. */
export const troubles: readonly Row[] = [
  {
    id: "F8",
    fault: "the peer's loop is blocked for half a second",
    promise: "the deadline of a call holds; `unresponsive` (where something else would tell of death), and it recovers",
    bound: 150,
    columns: contexts,
    run: (rig) =>
      within(rig, { heartbeat: { interval: 100, timeout: 100 } }, async ({ session, remote }) => {
        const states: string[] = [];
        session.onState((state) => states.push(state));
        await remote.spin(500);
        const never = remote.never().catch(() => {});
        const started = performance.now();
        expect(await failure(withOptions(remote, { timeout: 80 }).never())).toMatchObject({
          code: "DEADLINE_EXCEEDED",
        });
        const ms = performance.now() - started;
        await vi.waitFor(() => expect(states.join()).toMatch(/unresponsive|closed/));
        if (session.ended)
          return { ms, what: `DEADLINE_EXCEEDED, then ${session.ended.code}: it could as well be dead` };
        await vi.waitFor(() => expect(session.state).toBe("ready"));
        expect(await remote.echo(1)).toBe(1);
        void never;
        return { ms, what: "DEADLINE_EXCEEDED; unresponsive, then ready" };
      }),
  },
  {
    id: "F9",
    fault: "half-open: SIGSTOP of the peer",
    promise: "silent carriers: UNAVAILABLE after interval + timeout + 100 ms; others: `unresponsive`",
    bound: 300,
    columns: processes,
    run: (rig) =>
      within(rig, { heartbeat: { interval: 100, timeout: 100 } }, async ({ session, remote, signal }) => {
        await remote.echo(1);
        signal?.("SIGSTOP");
        const started = performance.now();
        const call = failure(remote.never());
        await vi.waitFor(() => expect(session.state).toMatch(/unresponsive|closed/), { interval: 5 });
        const ms = performance.now() - started;
        const what = session.ended ? "UNAVAILABLE" : "unresponsive";
        signal?.("SIGCONT");
        signal?.("SIGKILL");
        expect(await call).toMatchObject({ code: "UNAVAILABLE" });
        return { ms, what };
      }),
  },
  {
    id: "F11",
    fault: "a message that cannot be read",
    promise: "PROTOCOL_ERROR and the end; on a shared port it is left alone",
    columns: everywhere,
    run: (rig) =>
      within(rig, {}, async ({ session, remote }) => {
        const call = failure(remote.never());
        // Its answer may come before the noise or not at all.
        await Promise.allSettled([remote.noise()]);
        if (rig.name === "worker_threads") {
          await session.ping();
          return { what: "left alone: the port is shared" };
        }
        expect(await call).toMatchObject({ code: "PROTOCOL_ERROR" });
        return { what: "PROTOCOL_ERROR" };
      }),
  },
  {
    id: "F12",
    fault: "send throws",
    promise: "only that call rejects; the session lives",
    columns: everywhere,
    run: async (rig) => {
      let sends = Number.NaN;
      const refusing = (near: Transport): Transport =>
        new Proxy(near, {
          get(target, key) {
            const value: unknown = Reflect.get(target, key, target);
            if (key !== "send") return typeof value === "function" ? value.bind(target) : value;
            return (message: unknown, transfer?: readonly object[]) => {
              if (++sends % 5 === 0) throw new TypeError("the platform refuses this message");
              target.send(message, transfer);
            };
          },
        });
      return within(rig, { through: refusing }, async ({ remote }) => {
        await remote.echo(1);
        sends = 0;
        let failed = 0;
        // One after another: of a batch only the culprit would be sent again alone, and pass.
        for (let n = 0; n < 60; n++) await remote.count(`t${n}`).catch(() => failed++);
        sends = Number.NaN;
        expect(failed).toBe(12);
        return { what: `${failed} of 60 calls rejected, the others answered` };
      });
    },
  },
  {
    id: "F14",
    fault: "messages lost, doubled, out of order",
    promise: "no handler twice, no wrong result; what is lost meets its deadline",
    columns: everywhere,
    run: async (rig) => {
      const said: string[] = [];
      for (const luck of [{ drop: 0.3 }, { duplicate: 0.3 }, { reorder: 0.3 }]) {
        said.push(await within(rig, { through: (near) => chaos(near, { seed: 9, ...luck }) }, (pair) => unlucky(pair)));
      }
      return { what: said.join("; ") };
    },
  },
  {
    id: "F15",
    fault: "a reader that does not read",
    promise: "the producer stops at the window",
    columns: everywhere,
    run: (rig) =>
      within(rig, { limits: { windowItems: 32, maxWindowItems: 32 } }, async ({ remote }) => {
        const stream = await remote.endless("slow");
        await stream.next();
        for (let turn = 0; turn < 20; turn++) await remote.echo(turn);
        const made = await remote.counted("slow");
        expect(made).toBeLessThanOrEqual(66);
        await stream.return?.();
        return { what: `${made} items made for a window of 32` };
      }),
  },
  {
    id: "F16",
    fault: "a handler that never settles",
    promise: "DEADLINE_EXCEEDED at the deadline; the handler's signal is aborted",
    bound: 150,
    columns: everywhere,
    run: (rig) =>
      within(rig, {}, async ({ remote }) => {
        await remote.echo(1);
        const started = performance.now();
        expect(await failure(withOptions(remote, { timeout: 100 }).hang("h"))).toMatchObject({
          code: "DEADLINE_EXCEEDED",
        });
        const ms = performance.now() - started;
        expect(ms).toBeGreaterThan(95);
        await vi.waitFor(async () => expect(await remote.log()).toEqual(["started h", "aborted h"]));
        return { ms, what: "DEADLINE_EXCEEDED after a deadline of 100 ms" };
      }),
  },
  {
    id: "F17",
    fault: "cancelled before it is sent, in flight, with the answer, after it",
    promise: "CANCELLED in the same turn; the handler runs at most once",
    columns: everywhere,
    run: (rig) =>
      within(rig, {}, async ({ remote }) => {
        await remote.echo(1);
        for (const wait of [-1, 0, 1, 2, 5]) {
          const abort = new AbortController();
          const call = withOptions(remote, { signal: abort.signal }).count(`c${wait}`);
          if (wait >= 0) await new Promise((resolve) => setTimeout(resolve, wait));
          abort.abort();
          await call.catch((error: unknown) => expect(error).toMatchObject({ code: "CANCELLED" }));
          expect(await remote.counted(`c${wait}`)).toBeLessThanOrEqual(1);
        }
        return { what: "CANCELLED or answered, once" };
      }),
  },
  {
    id: "F18",
    fault: "closed here with 1000 calls under way",
    promise: "CANCELLED in the same turn, nothing is left",
    bound: 100,
    columns: everywhere,
    run: (rig) =>
      within(rig, {}, async ({ session, remote }) => {
        await remote.echo(1);
        const calls = Array.from({ length: 1000 }, () => failure(remote.never()));
        const started = performance.now();
        void session.close();
        demandEmpty(session);
        const errors = await Promise.all(calls);
        for (const error of errors) expect(error).toMatchObject({ code: "CANCELLED" });
        return { ms: performance.now() - started, what: "CANCELLED" };
      }),
  },
  {
    id: "F19",
    fault: "the server drains",
    promise: 'calls under way finish; later ones UNAVAILABLE, delivered "no"',
    columns: everywhere,
    run: (rig) =>
      within(rig, {}, async ({ session, remote }) => {
        await remote.echo(1);
        const slow = remote.later(50, "done");
        const draining = remote.drain(2000);
        draining.catch(() => {});
        expect(await slow).toBe("done");
        await session.closed;
        expect(await failure(remote.echo(2))).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
        return { what: "the call under way was answered" };
      }),
  },
  {
    id: "F21",
    fault: "hooks of the user's throw",
    promise: "reported, and nothing else is affected",
    columns: everywhere,
    run: (rig) => hooks(rig),
  },
  {
    id: "F22",
    fault: "exit right after a reply",
    promise: "the last reply arrives",
    columns: everywhere,
    run: (rig) =>
      within(rig, {}, async ({ session, remote }) => {
        expect(await remote.replyThenExit()).toBe("the last reply");
        await session.closed;
        return { what: "it arrived" };
      }),
  },
  {
    id: "F24",
    fault: "this side's own loop is blocked for longer than the heartbeat",
    promise: "no false death",
    columns: everywhere,
    run: (rig) =>
      within(rig, { heartbeat: { interval: 150, timeout: 450 } }, async ({ session, remote }) => {
        // The peer is busy when the ping comes, and answers while this side is blocked: from before the answer is due
        // until after that, by hundreds of milliseconds each, which a slow machine may take away.
        await remote.spin(300);
        const slow = remote.later(1500, "there");
        await new Promise((resolve) => setTimeout(resolve, 240));
        // After this, timers run before what has arrived is read.
        await new Promise((resolve) => setImmediate(resolve));
        for (const end = performance.now() + 900; performance.now() < end; );
        expect(await slow).toBe("there");
        expect(session.ended).toBeUndefined();
        return { what: "it lives" };
      }),
  },
];

async function within<T>(rig: Rig, options: RigOptions, run: (pair: Pair) => Promise<T>): Promise<T> {
  const pair = await rig.open(options);
  try {
    return await run(pair);
  } finally {
    await pair.end();
    demandEmpty(pair.session);
  }
}

async function unlucky({ session, remote }: Pair): Promise<string> {
  const calls: Promise<number | undefined>[] = [];
  for (let n = 0; n < 100; n++) {
    const call = withOptions(remote, { timeout: 200 }).count(`u${n}`);
    calls.push(call.catch(() => undefined));
    // One message each: what travels together is lost together.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const results = await Promise.all(calls);
  for (const result of results) expect(result ?? 1).toBe(1);
  const answered = results.filter((result) => result !== undefined).length;
  return session.ended ? `${answered} answered, then ${session.ended.code}` : `${answered} answered`;
}

async function hooks(rig: Rig): Promise<Shown> {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    const thrower = () => {
      throw new Error("a hook of the user's");
    };
    return await within(rig, { onError: thrower }, async ({ session, remote }) => {
      session.onState(thrower);
      await session.ready;
      const call = remote.echo(() => thrower());
      await call.catch(() => {});
      expect(await remote.echo(1)).toBe(1);
      return { what: "the session goes on" };
    });
  } finally {
    printed.mockRestore();
  }
}
