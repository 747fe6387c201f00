import { RpcError } from "@portolan/protocol";
import { check, equal, throws } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { RawEnd } from "../raw-end.ts";
import { turns } from "../turns.ts";

/** What the transport itself promises, with no session over it. */
export const transportCases: readonly ConformanceCase[] = group("transport", [
  {
    name: "each message arrives once and in order, in both directions",
    async run(kit) {
      const { near } = await kit.raw();
      const sent = Array.from({ length: 500 }, (_, index) => ["echo", index, "x".repeat(index % 97)]);
      for (const frame of sent) near.send(frame);
      const got = [...(await near.atLeast(sent.length))];
      await turns(5);
      equal(near.received.length, sent.length, "messages that came back");
      equal(got, sent, "what came back");
    },
  },
  {
    name: "a receiver that comes late hears what came before it",
    async run(kit) {
      const { near } = await kit.raw();
      near.stop();
      near.send(["burst", 50]);
      await turns(10);
      const late: unknown[] = [];
      const again = new RawEnd(near.transport);
      late.push(...(await again.atLeast(50)));
      equal(
        late,
        Array.from({ length: 50 }, (_, index) => ["item", index]),
        "what the late receiver heard",
      );
    },
  },
  {
    name: "a receiver that stopped hears nothing more",
    async run(kit) {
      const { near } = await kit.raw();
      let heard = 0;
      const stop = near.transport.receive(() => heard++);
      near.send(["echo", 1]);
      await near.atLeast(1);
      stop();
      const before = heard;
      near.send(["echo", 2]);
      await near.find((frame) => Array.isArray(frame) && frame[1] === 2);
      await turns(2);
      check(before > 0 && heard === before, `it heard ${heard - before} more after it had stopped`);
    },
  },
  {
    name: "what was sent before the close arrives before the end, and the end comes once with a reason",
    async run(kit) {
      const { near } = await kit.raw();
      let ends = 0;
      near.transport.onClose(() => ends++);
      near.send(["close", 20]);
      const reason = await near.transport.closed;
      await turns(5);
      equal(near.received.length, 20, "messages before the end");
      equal(ends, 1, "ends");
      check(reason.by !== "local", "the far side closed, so the end must not be called local");
      check(reason.message.length > 0, "the end has no message");
      equal(near.transport.ended, reason, "transport.ended");
    },
  },
  {
    name: "closing one end ends the other",
    needs: ["the far end at hand"],
    async run(kit) {
      const { near, connection } = await kit.raw();
      near.transport.close();
      const reason = await connection.far?.closed;
      check(reason && reason.by !== "local", "the far end must hear that it was not the one that closed");
    },
  },
  {
    name: 'after the end sending throws UNAVAILABLE, delivered "no"',
    async run(kit) {
      const { near } = await kit.raw();
      near.transport.close();
      const error = throws(() => near.send(["echo", 1]), "send after close");
      check(RpcError.is(error) && error.code === "UNAVAILABLE", `expected UNAVAILABLE, got ${String(error)}`);
      equal(error.delivered, "no", "delivered");
    },
  },
  {
    name: "closing ends at once, in the same turn, and twice is quiet",
    async run(kit) {
      const { near } = await kit.raw();
      let ends = 0;
      near.transport.onClose(() => ends++);
      near.transport.close();
      equal(ends, 1, "ends in the turn of close()");
      const first = near.transport.ended;
      near.transport.close({ code: "INTERNAL", message: "again", by: "local" });
      check(near.transport.ended === first && ends === 1, "the second close changed something");
      equal(first?.by, "local", "who closed");
    },
  },
  {
    name: "nothing is delivered after close",
    async run(kit) {
      const { near } = await kit.raw();
      let heard = 0;
      let late = 0;
      // A stream of bytes may bring the whole burst as one.
      const enough = near.transport.traits.framed ? 5 : 1;
      near.transport.receive(() => {
        if (near.transport.ended) late++;
        // In the middle of what arrives, where a loop over a batch would go on.
        if (++heard === enough) near.transport.close();
      });
      near.send(["burst", 200]);
      await near.transport.closed;
      await turns(10);
      equal(heard, enough, "messages heard");
      equal(late, 0, "messages after close");
    },
  },
  {
    name: "who asks after the end is told of it too, once",
    async run(kit) {
      const { near } = await kit.raw();
      near.transport.close();
      let told = 0;
      near.transport.onClose(() => told++);
      await turns(1);
      equal(told, 1, "times it was told");
      await near.transport.closed;
    },
  },
  {
    name: "a listener that throws harms no other",
    async run(kit) {
      const quiet = silenced();
      try {
        const { near } = await kit.raw();
        near.transport.receive(() => {
          throw new Error("a receiver of the kit's, on purpose");
        });
        near.send(["echo", 1]);
        near.send(["echo", 2]);
        equal((await near.atLeast(2)).length, 2, "messages");
      } finally {
        quiet();
      }
    },
  },
  {
    name: "a message that the platform refuses throws from send, and the next one passes",
    needs: ["clone"],
    async run(kit) {
      const { near } = await kit.raw();
      throws(() => near.send(["echo", () => 1]), "sending a function");
      near.send(["echo", 2]);
      equal(await near.atLeast(1), [["echo", 2]], "what came back");
    },
  },
]);

/** Keeps the console quiet while something is provoked. Returns the way back. */
export function silenced(): () => void {
  const { error } = console;
  console.error = () => {};
  return () => {
    console.error = error;
  };
}
