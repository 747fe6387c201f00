import { check, equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { demandQuiet } from "../quiet.ts";
import { turns } from "../turns.ts";

/** How a session ends, and what that does to what is under way. */
export const closingCases: readonly ConformanceCase[] = group("closing", [
  {
    name: "closing here rejects what is under way with CANCELLED, in the same turn",
    async run(kit) {
      const { session, remote } = await kit.open();
      await session.ready;
      const calls = Array.from({ length: 20 }, () => remote.abandon());
      const stream = await remote.silent("s");
      const next = stream.next();
      for (const call of calls) call.catch(() => {});
      next.catch(() => {});
      const closing = session.close();
      equal(session.state, "closed", "the state in the turn of close()");
      demandQuiet(session.stats(), "the closed session");
      for (const call of calls) await rejects(call, "CANCELLED", "a call under way");
      await rejects(next, "CANCELLED", "a read under way");
      await closing;
      equal((await session.closed).code, "OK", "the reason");
    },
  },
  {
    name: 'when the far side closes, what is under way rejects with UNAVAILABLE and delivered "unknown"',
    async run(kit) {
      const { session, remote } = await kit.open();
      await session.ready;
      const calls = Array.from({ length: 20 }, () => remote.abandon());
      for (const call of calls) call.catch(() => {});
      remote.leave("OK").catch(() => {});
      for (const call of calls) {
        equal((await rejects(call, "UNAVAILABLE", "a call under way")).delivered, "unknown", "delivered");
      }
      equal((await session.closed).by === "local", false, "the reason calls it local");
    },
  },
  {
    name: "the reason that the far side gives arrives",
    async run(kit) {
      const { session, remote } = await kit.open();
      await session.ready;
      const left = remote.leave("UNAVAILABLE");
      left.catch(() => {});
      const reason = await session.closed;
      equal([reason.code, reason.message, reason.by], ["UNAVAILABLE", "left", "remote"], "the reason");
    },
  },
  {
    name: "the end of a session here ends the one over there, which lets go of everything",
    needs: ["the far end at hand"],
    async run(kit) {
      const { session, remote, far, server } = await kit.open();
      await remote.keep("f", () => 1);
      await remote.adders(3);
      remote.hang("h").catch(() => {});
      await session.close();
      await far?.closed;
      await turns(1);
      const stats = server?.stats();
      check(stats, "the far side never had a session");
      demandQuiet(stats, "the far side");
    },
  },
  {
    name: 'calls after the end reject with UNAVAILABLE and delivered "no"',
    async run(kit) {
      const { session, remote } = await kit.open();
      await remote.nothing();
      await session.close();
      equal((await rejects(remote.add(1, 2), "UNAVAILABLE", "a call after close")).delivered, "no", "delivered");
      await rejects(session.ping(), "UNAVAILABLE", "a ping after close");
    },
  },
  {
    name: "closing twice is quiet, and everyone is told once",
    async run(kit) {
      const { session } = await kit.open();
      await session.ready;
      const states: string[] = [];
      session.onState((state) => states.push(state));
      await Promise.all([session.close(), session.close()]);
      await session.close();
      equal(states, ["closed"], "states");
    },
  },
  {
    name: "a close with drain lets calls under way finish and refuses new ones",
    async run(kit) {
      const { session, remote } = await kit.open();
      await session.ready;
      const slow = remote.later(10, "done");
      const closing = session.close({ drain: 5000 });
      await rejects(remote.add(1, 2), "UNAVAILABLE", "a call while draining");
      equal(await slow, "done", "the call under way");
      await closing;
    },
  },
  {
    name: "when the far side drains, calls under way are answered and later ones are refused",
    async run(kit) {
      const { session, remote } = await kit.open();
      await session.ready;
      const slow = remote.later(20, "done");
      const asked = remote.drain(5000);
      asked.catch(() => {});
      equal(await slow, "done", "the call under way");
      await session.closed;
      equal((await rejects(remote.add(1, 2), "UNAVAILABLE", "a later call")).delivered, "no", "delivered");
    },
  },
  {
    name: "a session that closes before hello is quiet",
    async run(kit) {
      const { session, remote } = await kit.open();
      const call = remote.add(1, 2);
      call.catch(() => {});
      await session.close();
      await rejects(call, "CANCELLED", "the call");
    },
  },
]);
