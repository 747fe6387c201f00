import { RpcError } from "@portolan/protocol";
import { check, equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";

/** Every call settles, exactly once. */
export const settlingCases: readonly ConformanceCase[] = group("settling", [
  {
    name: "calls of every fate settle exactly once",
    async run(kit) {
      const { session, remote } = await kit.open();
      await session.ready;
      const settled = new Map<number, number>();
      const calls = Array.from({ length: 120 }, (_, index) => {
        const count = () => void settled.set(index, (settled.get(index) ?? 0) + 1);
        return fate(index, remote).then(count, count);
      });
      const hanging = remote.hang("to the end");
      let ended = 0;
      hanging.then(
        () => ended++,
        () => ended++,
      );
      await Promise.all(calls);
      await session.close();
      await rejects(hanging, "CANCELLED", "the call that was under way at the close");
      equal([...settled.values()].filter((times) => times !== 1).length, 0, "calls that settled other than once");
      equal(settled.size, 120, "calls that settled");
      equal(ended, 1, "times that the last one settled");
    },
  },
  {
    name: 'an unknown procedure is UNIMPLEMENTED, delivered "no"',
    async run(kit) {
      const { session } = await kit.open();
      const remote = session.remote as unknown as Record<string, Record<string, () => Promise<unknown>>>;
      const nope = remote["nope"]?.["deeper"];
      const error = await rejects(nope?.(), "UNIMPLEMENTED", "an unknown procedure");
      equal(error.delivered, "no", "delivered");
    },
  },
  {
    name: "what cannot cross is refused before anything is sent, naming the place",
    async run(kit) {
      const { session, remote, tapped } = await kit.open({ tapped: true });
      await session.ready;
      await remote.nothing();
      const before = tapped.length;
      const error = await rejects(remote.echo({ a: [new (class Odd {})()] }), "INVALID_ARGUMENT", "an odd instance");
      check(error.message.includes("args[0].a[0]"), `the message does not name the place: ${error.message}`);
      equal(error.delivered, "no", "delivered");
      equal(tapped.length, before, "messages that passed");
    },
  },
  {
    name: "a result that cannot cross rejects its own call only",
    async run(kit) {
      const { remote } = await kit.open();
      const bad = remote.callBack(() => new (class Odd {})());
      const good = remote.add(1, 2);
      const error = await failure(bad);
      check(RpcError.is(error), `expected an RpcError, got ${String(error)}`);
      equal(await good, 3, "the other call");
    },
  },
  {
    name: "a thousand calls at once are answered",
    async run(kit) {
      const { remote } = await kit.open();
      const answers = await Promise.all(Array.from({ length: 1000 }, (_, index) => remote.add(index, index)));
      equal(answers[999], 1998, "the last answer");
    },
  },
]);

function fate(
  index: number,
  remote: {
    later(turns: number, value: unknown): Promise<unknown>;
    fail(how: "text"): Promise<unknown>;
    callBack(f: () => unknown): Promise<unknown>;
  },
): Promise<unknown> {
  switch (index % 4) {
    case 0:
      return remote.later(index % 5, index);
    case 1:
      return remote.fail("text");
    case 2:
      return remote.callBack(() => {
        throw new RpcError("ABORTED", "by the callback");
      });
    default:
      return remote.callBack(() => index);
  }
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a rejection");
}
