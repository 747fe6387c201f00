import { release } from "@portolan/protocol";
import { check, equal } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { soon, turns } from "../turns.ts";

/** Functions and objects by reference: identity, nesting, coming home. */
export const callbackCases: readonly ConformanceCase[] = group("references", [
  {
    name: "a callback is called with values and gives one back",
    async run(kit) {
      const { remote } = await kit.open();
      equal(await remote.callBack((a: number, b: string) => `${b}${a}`, 1, "x"), "x1", "what came back");
      equal(await remote.callBack(async () => ({ done: true })), { done: true }, "an async one");
    },
  },
  {
    name: "functions at any depth of arguments and results",
    async run(kit) {
      const { remote } = await kit.open();
      const back = (await remote.apart({ f: () => 7, map: new Map([["g", () => 8]]) })) as {
        inside: [{ f: () => number; map: Map<string, () => number> }];
      };
      equal([back.inside[0].f(), back.inside[0].map.get("g")?.()], [7, 8], "what came home is the function itself");
      release(back);
    },
  },
  {
    name: "what is sent home is the original",
    async run(kit) {
      const { remote } = await kit.open();
      const mine = () => 1;
      check((await remote.echo(mine)) === mine, "our function came home as something else");
      const theirs = await remote.mine();
      check(await remote.isMine(theirs), "their function came home as something else");
      check(await remote.same(theirs, theirs), "one function is two over there");
      check(await remote.same(mine, mine), "one function of ours is two over there");
      release(theirs);
    },
  },
  {
    name: "one export is one stub while it is alive",
    async run(kit) {
      const { remote } = await kit.open();
      const [one, two] = [await remote.mine(), await remote.mine()];
      check(one === two, "the same function arrived as two stubs");
      release(one);
      equal(await two(), "mine", "the second hold still works");
      release(two);
    },
  },
  {
    name: "an object by reference keeps its state and its own this",
    async run(kit) {
      const { remote } = await kit.open();
      const counter = await remote.counter();
      equal([await counter.increase(), await counter.increase(5)], [1, 6], "counts");
      release(counter);
    },
  },
  {
    name: "functions that give functions work in both directions",
    async run(kit) {
      const { remote } = await kit.open();
      const adder = await remote.adder(5);
      equal(await adder(2), 7, "the far function");
      release(adder);
      equal(
        await remote.callTwice((n: number) => (m: number) => n + m, 3, 4),
        7,
        "the function that our callback gave",
      );
    },
  },
  {
    name: "a callback nobody awaits is called all the same, and its failure is nobody's unhandled rejection",
    async run(kit) {
      const { remote } = await kit.open();
      let called: unknown;
      await remote.callAndForget((value: string) => {
        called = value;
      });
      await soon(() => called !== undefined);
      equal(called, "forgotten", "what it was called with");
    },
  },
  {
    name: "stubs are quiet: looking at one, in any way, sends nothing",
    async run(kit) {
      const { session, remote, tapped } = await kit.open({ tapped: true });
      await remote.nothing();
      const before = tapped.length;
      JSON.stringify(remote);
      String(remote);
      await remote;
      for (const key of ["then", "toJSON", "$$typeof", "nodeType", "constructor"]) {
        void (remote as unknown as Record<string, unknown>)[key];
      }
      void Object.keys(session);
      await turns(2);
      equal(tapped.length, before, "messages that passed");
    },
  },
]);
