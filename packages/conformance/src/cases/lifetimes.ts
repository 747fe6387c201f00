import { release, retain } from "@portolan/protocol";
import { check, equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import type { Near } from "../kit.ts";
import { collect, soon, turns } from "../turns.ts";

/** What travels towards the callee is lent, what travels towards the caller is owned. */
export const lifetimeCases: readonly ConformanceCase[] = group("lifetimes", [
  {
    name: "a callback is lent for its call: used later, it fails and says how to keep it",
    async run(kit) {
      const { remote } = await kit.open();
      await remote.borrow("b", () => 1);
      const error = await rejects(remote.callKept("b"), "FAILED_PRECONDITION", "the late use");
      check(/retain/.test(error.message), `the message does not say how to keep it: ${error.message}`);
      await remote.takeReports();
    },
  },
  {
    name: "a retained callback is kept until it is released",
    async run(kit) {
      const near = await kit.open();
      const { remote } = near;
      await remote.keep("k", (n: number) => n + 1);
      equal([await remote.callKept("k", 1), await remote.callKept("k", 2)], [2, 3], "what the kept callback gave");
      check(near.session.stats().exports === 1, "a kept callback must be counted as one export");
      await remote.giveBack("k");
      await until(near, ({ session }) => session.stats().exports === 0, "the export did not end with its last hold");
    },
  },
  {
    name: "retain of what is kept already adds a hold of its own",
    async run(kit) {
      const { remote } = await kit.open();
      const adder = await remote.adder(1);
      const second = retain(adder);
      release(adder);
      equal(await second(1), 2, "the second hold");
      release(second);
      release(second);
      await rejects(second(1), "FAILED_PRECONDITION", "the released hold");
    },
  },
  {
    name: "what arrives in a result is owned until it is released, and then says so",
    async run(kit) {
      const near = await kit.open();
      const adder = await near.remote.adder(1);
      await turns(2);
      equal(await adder(1), 2, "it lives on after its call");
      release(adder);
      const error = await rejects(adder(1), "FAILED_PRECONDITION", "the released stub");
      equal(error.delivered, "no", "delivered");
      release(adder);
    },
  },
  {
    name: "release of a plain value releases every stub inside",
    async run(kit) {
      const near = await kit.open();
      const adders = await near.remote.adders(20);
      equal(near.session.stats().stubs, 20, "stubs");
      release({ deep: new Map([[1, adders]]) });
      equal(near.session.stats().stubs, 0, "stubs after release");
    },
  },
  {
    name: "using disposes: the object over there is disposed of once its last holder lets go",
    async run(kit) {
      const near = await kit.open();
      const { remote } = near;
      const counter = await remote.counter();
      await counter.increase();
      counter[Symbol.dispose]();
      counter[Symbol.dispose]();
      equal(await disposals(near, "disposed"), 1, "disposals");
      equal(await remote.ran("disposed"), 1, "disposals later");
    },
  },
  {
    name: "an unsubscribe function runs once, by call or by release",
    async run(kit) {
      const near = await kit.open();
      const off = await near.remote.subscribe(() => {});
      await off();
      release(off);
      equal(await disposals(near, "off"), 1, "after call and release");
      const again = await near.remote.subscribe(() => {});
      release(again);
      equal(await disposals(near, "off", 2), 2, "after release alone");
    },
  },
  {
    name: "thousands of lent callbacks leave nothing behind",
    async run(kit) {
      const near = await kit.open();
      for (let round = 0; round < 10; round++) {
        await Promise.all(Array.from({ length: 100 }, (_, index) => near.remote.callBack(() => index)));
      }
      equal(near.session.stats().exports, 0, "exports");
    },
  },
  {
    name: "callbacks of a session that lends to its end live until then",
    async run(kit) {
      const near = await kit.open({ callbacks: "session" });
      await near.remote.borrow("b", () => 5);
      equal(await near.remote.callKept("b"), 5, "the late use");
      await near.remote.giveBack("b");
    },
  },
  {
    name: "a stub that nobody holds any more is given back when it is collected",
    needs: ["forced collection"],
    async run(kit) {
      const near = await kit.open();
      await (async () => void (await near.remote.adders(50)))();
      const givenBack = await soon(() => {
        collect();
        return near.session.stats().stubs === 0;
      });
      check(givenBack, "collected stubs were not given back");
    },
  },
]);

async function until(near: Near, holds: (near: Near) => boolean, otherwise: string): Promise<void> {
  check(await soon(() => holds(near)), otherwise);
}

/** How often something was disposed of over there, once it was often enough. */
async function disposals({ remote }: Near, key: string, expected = 1): Promise<number> {
  await soon(async () => (await remote.ran(key)) >= expected);
  return remote.ran(key);
}
