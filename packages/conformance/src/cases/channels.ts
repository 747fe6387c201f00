import { openSession } from "@portolan/protocol";
import { check, equal, throws } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { soon, turns } from "../turns.ts";

/** Several sessions, and strangers, on one port. */
export const channelCases: readonly ConformanceCase[] = group("channels", [
  {
    name: "a port has one session; a second without a channel is refused",
    async run(kit) {
      const { connection } = await kit.open();
      const error = throws(() => openSession(connection.near), "a second session");
      check(
        error instanceof TypeError && /channel/.test(error.message),
        `expected a TypeError about channels, got ${String(error)}`,
      );
    },
  },
  {
    name: "channels share one port and keep apart",
    needs: ["messages with borders", "the far end at hand"],
    async instead(kit) {
      if (kit.facts.traits.framed) return;
      const { near } = (await kit.connect()).connection;
      const error = throws(() => openSession(near, { channel: "a" }), "a channel");
      check(error instanceof TypeError, `expected a TypeError, got ${String(error)}`);
    },
    async run(kit) {
      const { near, far } = await kit.bare();
      const ends = ["a", "b"].map((channel) => ({
        there: openSession(far, { channel, expose: { name: () => channel } }),
        here: openSession<{ name(): Promise<string> }>(near, { channel }),
      }));
      equal(await Promise.all(ends.map(({ here }) => here.remote.name())), ["a", "b"], "who answered");
      await ends[0]?.here.close();
      await turns(2);
      equal(await ends[1]?.here.remote.name(), "b", "the other channel after one has closed");
      await ends[1]?.here.close();
      for (const { here, there } of ends) {
        check(await soon(() => Boolean(here.ended && there.ended)), "a channel did not end");
      }
    },
  },
  {
    name: "messages of strangers on a shared port are left alone",
    needs: ["the far end at hand", "objects on the port"],
    async run(kit) {
      const { near, far } = await kit.bare();
      const heard: unknown[] = [];
      near.receive((message) => heard.push(message));
      const there = openSession(far, { channel: "ours", expose: { ping: () => "pong" } });
      const here = openSession<{ ping(): Promise<string> }>(near, { channel: "ours" });
      const foreign = [
        null,
        7,
        "text",
        { type: "webpack" },
        [1, 2, 3],
        ["portolan"],
        ["portolan", "other", "x", "", [0]],
        ["portolan", "ours", 5, 5, 5],
      ];
      for (const message of foreign) {
        far.send(message);
        near.send(message);
      }
      equal(await here.remote.ping(), "pong", "the answer among strangers");
      for (const message of foreign.slice(0, 5))
        check(
          heard.some((each) => JSON.stringify(each) === JSON.stringify(message)),
          "a stranger lost a message",
        );
      await here.close();
      await there.closed;
    },
  },
  {
    name: "a channel that was closed can be opened again",
    needs: ["messages with borders", "the far end at hand"],
    async run(kit) {
      const { near, far } = await kit.bare();
      for (let round = 0; round < 3; round++) {
        const keep = { channel: "again", keepTransport: true };
        const there = openSession(far, { ...keep, expose: { round: () => round } });
        const here = openSession<{ round(): Promise<number> }>(near, keep);
        equal(await here.remote.round(), round, "the answer");
        await here.close();
        await there.closed;
      }
      check(!near.ended && !far.ended, "keepTransport did not keep the transport");
    },
  },
]);
