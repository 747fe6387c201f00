import { release } from "@portolan/protocol";
import { check, equal } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { after } from "../turns.ts";

const indexes = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Order and once-only delivery, as sessions see them. */
export const deliveryCases: readonly ConformanceCase[] = group("delivery", [
  {
    name: "handlers start in the order of the calls",
    async run(kit) {
      const { remote } = await kit.open();
      await Promise.all(indexes(300).map((index) => remote.note(index)));
      equal(await remote.noted(), indexes(300), "what was noted");
    },
  },
  {
    name: "order holds between messages of very different sizes",
    async run(kit) {
      const { remote } = await kit.open();
      const sizes = [10, 200_000, 0, 70_000, 1, 300_000, 5, 64, 100_000];
      await Promise.all(sizes.map((size) => remote.note("x".repeat(size))));
      equal(
        (await remote.noted()).map((text) => (text as string).length),
        sizes,
        "sizes in order",
      );
    },
  },
  {
    name: "each call runs once, and each answer reaches its own call",
    async run(kit) {
      const { remote } = await kit.open();
      const runs = await Promise.all(indexes(300).map((index) => remote.run(`key ${index}`)));
      equal(
        runs,
        indexes(300).map(() => 1),
        "runs",
      );
      const sums = await Promise.all(indexes(200).map((index) => remote.add(index, 1000)));
      equal(
        sums,
        indexes(200).map((index) => index + 1000),
        "answers",
      );
    },
  },
  {
    name: "answers that come out of order reach their own calls",
    async run(kit) {
      const { remote } = await kit.open();
      const values = await Promise.all(indexes(20).map((index) => remote.later((20 - index) % 7, index)));
      equal(values, indexes(20), "answers");
    },
  },
  {
    name: "callbacks arrive in the order in which they were called",
    async run(kit) {
      const { remote } = await kit.open();
      const heard: unknown[] = [];
      await remote.callMany((index: number) => heard.push(index), 100);
      equal(heard, indexes(100), "what the callback heard");
    },
  },
  {
    name: "a session that opens late hears what came before it",
    async run(kit) {
      const first = await kit.open();
      equal(await first.remote.add(1, 2), 3, "an answer");
      // The far side may greet long before anybody listens here.
      const late = await kit.open({ metadata: () => after(3, { late: true }) });
      const [, metadata] = (await late.remote.metadata()) as unknown[];
      equal(metadata, { late: true }, "metadata of a late hello");
    },
  },
  {
    name: "both sides call at once",
    async run(kit) {
      const { remote } = await kit.open();
      const doubled = await Promise.all(indexes(50).map((index) => remote.callBack((n: number) => n * 2, index)));
      equal(
        doubled,
        indexes(50).map((index) => index * 2),
        "what came back through the callbacks",
      );
    },
  },
  {
    name: "a call inside a callback inside a call is answered",
    async run(kit) {
      const { remote } = await kit.open();
      const deep = await remote.callBack(async (n: number) => remote.callBack((m: number) => remote.add(m, 1), n), 1);
      equal(deep, 2, "the innermost answer");
    },
  },
  {
    name: "metadata of the call and of the session reach the handler",
    async run(kit) {
      const { remote } = await kit.open({ metadata: { who: "near", when: new Date(5) } });
      equal(await remote.metadata(), [undefined, { who: "near", when: new Date(5) }], "metadata");
    },
  },
  {
    name: "a large value crosses whole",
    async run(kit) {
      const { remote } = await kit.open();
      const text = "portolan ".repeat(60_000);
      equal(await remote.echo(text), text, "a text of half a megabyte");
      const bytes = new Uint8Array(300_000).map((_, index) => index % 251);
      const back = await remote.echo(bytes);
      check(back instanceof Uint8Array && back.every((byte, index) => byte === index % 251), "bytes came back changed");
      release(back);
    },
  },
]);
