import { check, equal } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { turns } from "../turns.ts";

const window = 32;

/** Backpressure: a producer is never far ahead of its consumer, and nothing waits for ever. */
export const flowCases: readonly ConformanceCase[] = group("backpressure", [
  {
    name: "a far producer stops at the window of a reader that does not read",
    async run(kit) {
      const { remote } = await kit.open({ limits: { windowItems: window, maxWindowItems: window } });
      const stream = await remote.endless("w");
      await stream.next();
      const made = await settled(() => remote.ran("w"));
      check(made <= 2 * window + 2, `${made} items were made for a window of ${window}`);
      check(made >= 2, "nothing is made ahead");
      await stream.return?.();
    },
  },
  {
    name: "a producer of ours stops at the window of a far reader that does not read",
    async run(kit) {
      const { remote, session } = await kit.open();
      let made = 0;
      const endless = async function* () {
        for (;;) yield made++;
      };
      equal(await remote.take(endless(), 2), [0, 1], "two items");
      check(made <= 1100, `${made} items were made for a reader of two`);
      await session.ping();
    },
  },
  {
    name: "large items count by their bytes",
    async run(kit) {
      const { remote } = await kit.open({ limits: { windowBytes: 200_000 } });
      let longest = 0;
      let made = 0;
      const large = async function* () {
        for (; made < 40; made++) yield "x".repeat(50_000);
      };
      const { items } = await remote.drainAll(large());
      longest = Math.max(...items.map((item) => (item as string).length));
      equal([items.length, longest], [40, 50_000], "what arrived");
    },
  },
  {
    name: "a slow reader gets everything, in order",
    async run(kit) {
      const { remote } = await kit.open({ limits: { windowItems: 4, maxWindowItems: 4 } });
      const items: number[] = [];
      for await (const item of remote.numbers(60, "slow")) {
        items.push(item);
        if (item % 10 === 0) await turns(1);
      }
      equal(
        items,
        Array.from({ length: 60 }, (_, index) => index),
        "items",
      );
    },
  },
  {
    name: "ten thousand items pass, and calls beside them are answered",
    async run(kit) {
      const { remote } = await kit.open();
      let got = 0;
      let sum = 0;
      for await (const item of remote.numbers(10_000, "big")) {
        if (item % 2500 === 0) sum += await remote.add(item, 1);
        got++;
      }
      equal([got, sum], [10_000, 15_004], "items and answers");
    },
  },
  {
    name: "a megabyte in one direction does not stop calls in the other",
    async run(kit) {
      const { remote } = await kit.open();
      const big = remote.echo("x".repeat(1_000_000));
      equal(await remote.add(1, 2), 3, "a call beside it");
      equal(((await big) as string).length, 1_000_000, "the large value");
    },
  },
]);

/** Asks until the answer stays the same. */
async function settled(ask: () => Promise<number>): Promise<number> {
  let last = await ask();
  for (let same = 0, turn = 0; same < 5 && turn < 200; turn++) {
    await turns(1);
    const now = await ask();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}
