import { release } from "@portolan/protocol";
import { equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import type { Near } from "../kit.ts";

/** A result used in the same turn costs no further round trip. */
export const pipeliningCases: readonly ConformanceCase[] = group("pipelining", [
  {
    name: "a chain of calls on results is one round trip",
    async run(kit) {
      const near = await kit.open({ tapped: true });
      await near.session.ready;
      await near.remote.nothing();
      near.tapped.length = 0;
      const ada = near.remote.users.byName("ada");
      equal(await ada.orders.latest(), { of: "ada", id: 1 }, "the last result");
      equal(callsBeforeFirstAnswer(near), 2, "calls that left before the first answer came");
      release(await ada);
    },
  },
  {
    name: "results as arguments are one round trip",
    async run(kit) {
      const near = await kit.open({ tapped: true });
      await near.session.ready;
      await near.remote.nothing();
      near.tapped.length = 0;
      const { remote } = near;
      equal(await remote.add(remote.add(1, 2), remote.add(3, 4)), 10, "the sum of sums");
      equal(callsBeforeFirstAnswer(near), 3, "calls that left before the first answer came");
    },
  },
  {
    name: "a result inside an argument is the value over there",
    async run(kit) {
      const { remote } = await kit.open();
      equal(await remote.echo({ sum: [remote.add(1, 2)] }), { sum: [3] }, "what came back");
    },
  },
  {
    name: "the error of a result reaches everything that is built on it",
    async run(kit) {
      const { remote } = await kit.open();
      const bad = remote.fail("rpc") as unknown as Promise<number>;
      const [one, two] = [remote.add(bad, 1), remote.echo([bad])];
      await Promise.all([
        rejects(bad, "NOT_FOUND", "the result itself"),
        rejects(one, "NOT_FOUND", "a dependent"),
        rejects(two, "NOT_FOUND", "another dependent"),
      ]);
    },
  },
  {
    name: "a result used in a later turn still works, and nothing is kept over there",
    async run(kit) {
      const { remote } = await kit.open();
      const ada = remote.users.byName("ada");
      const value = await ada;
      equal(await ada.orders.latest(), { of: "ada", id: 1 }, "a call on a settled result");
      release(value);
    },
  },
  {
    name: "pipelined calls run in order, once each",
    async run(kit) {
      const { remote } = await kit.open();
      const first = remote.run("p");
      const all = await Promise.all([first, remote.add(first, 0), remote.add(first, 0), remote.run("p")]);
      equal(all, [1, 1, 1, 2], "results");
    },
  },
]);

function callsBeforeFirstAnswer({ tapped }: Near): number {
  const answer = tapped.findIndex(({ direction, kind }) => direction === "in" && kind === "resolve");
  return tapped.slice(0, answer).filter(({ direction, kind }) => direction === "out" && kind === "call").length;
}
