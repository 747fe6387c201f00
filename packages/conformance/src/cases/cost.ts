import type { Transport } from "@portolan/protocol";
import { check, equal } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { soon, turns } from "../turns.ts";

/** What a session costs while nothing happens, and what it leaves. */
export const costCases: readonly ConformanceCase[] = group("cost", [
  {
    name: "an idle session sends nothing",
    async run(kit) {
      const { session, remote, tapped } = await kit.open({ tapped: true });
      await session.ready;
      await remote.nothing();
      // What the other side still had to say may come late.
      let before = -1;
      const silent = await soon(async () => {
        before = tapped.length;
        await turns(20);
        return tapped.length === before;
      });
      check(silent, `${tapped.length} messages, and no end of them`);
    },
  },
  {
    name: "an idle session lets the process go, a pending call holds it",
    async run(kit) {
      const holds: boolean[] = [];
      const { session, remote } = await kit.open({ through: (near) => spying(near, { holds }) });
      await session.ready;
      await remote.nothing();
      equal(holds.at(-1), false, "the last hold of an idle session");
      const call = remote.later(3, 1);
      equal(holds.at(-1), true, "the last hold with a call under way");
      await call;
      equal(holds.at(-1), false, "the last hold after the answer");
    },
  },
  {
    name: "one receiver per session, however many calls, and none after close",
    async run(kit) {
      const receivers = new Set<object>();
      const { session, remote } = await kit.open({ through: (near) => spying(near, { receivers }) });
      await session.ready;
      const one = receivers.size;
      await Promise.all(Array.from({ length: 100 }, (_, index) => remote.add(index, 1)));
      equal(receivers.size, one, "receivers while calls are under way");
      await session.close();
      equal(receivers.size, 0, "receivers after close");
    },
  },
  {
    name: "one listener on the port, however many calls",
    needs: ["a count of listeners"],
    async run(kit) {
      const { session, remote, connection } = await kit.open();
      await session.ready;
      const before = connection.listeners?.() ?? 0;
      const calls = Promise.all(Array.from({ length: 100 }, (_, index) => remote.add(index, 1)));
      equal(connection.listeners?.(), before, "listeners while calls are under way");
      await calls;
      equal(connection.listeners?.(), before, "listeners after them");
    },
  },
  {
    name: "a hundred sessions, one after another, leave nothing",
    async run(kit) {
      for (let round = 0; round < 20; round++) {
        const { session, remote } = await kit.open();
        equal(await remote.add(round, 1), round + 1, "the answer");
        await session.close();
      }
    },
  },
  {
    name: "a ping is answered while handlers are busy",
    async run(kit) {
      const { session, remote } = await kit.open();
      await session.ready;
      const busy = Array.from({ length: 50 }, () => remote.later(5, 1));
      check((await session.ping()) >= 0, "no round-trip time");
      await Promise.all(busy);
    },
  },
]);

/** The same transport, watched. */
function spying(near: Transport, seen: { readonly holds?: boolean[]; readonly receivers?: Set<object> }): Transport {
  return new Proxy(near, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key === "hold" && seen.holds) {
        return (busy: boolean) => {
          seen.holds?.push(busy);
          target.hold(busy);
        };
      }
      if (key === "receive" && seen.receivers)
        return (receiver: (message: unknown) => void) => watched(target, receiver, seen.receivers);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function watched(
  target: Transport,
  receiver: (message: unknown) => void,
  receivers: Set<object> | undefined,
): () => void {
  receivers?.add(receiver);
  const stop = target.receive(receiver);
  return () => {
    receivers?.delete(receiver);
    stop();
  };
}
