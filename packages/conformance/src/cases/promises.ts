import { check, equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { after, soon, turns } from "../turns.ts";

/** Promises that cross, read or not. */
export const promiseCases: readonly ConformanceCase[] = group("promises", [
  {
    name: "a promise crosses in both directions and settles over there as it does here",
    async run(kit) {
      const { remote } = await kit.open();
      equal(await remote.wait(after(3, "here")), "here", "our promise, over there");
      const { promise } = await remote.promised(3, { there: 1n });
      equal(await promise, { there: 1n }, "their promise, here");
      const { promise: broken } = await remote.broken("on purpose");
      equal((await rejects(broken, "ABORTED", "a rejected promise")).message, "on purpose", "its message");
    },
  },
  {
    name: "a promise that nobody reads raises no unhandled rejection, on either side",
    async run(kit) {
      const { remote, reports } = await kit.open();
      await remote.unread(Promise.reject(new Error("nobody reads this")));
      const { promise } = await remote.broken("nor this");
      void promise;
      await turns(3);
      equal(await remote.add(1, 1), 2, "the next call");
      await remote.takeReports();
      // Towards an untrusted peer what it was is kept here, under a reference.
      reports.length = 0;
    },
  },
  {
    name: "a call that nobody awaits runs, and its failure is reported once",
    async run(kit) {
      const { remote, reports } = await kit.open();
      // The other side may be a process that is only starting.
      await remote.ran("unread");
      void remote.fail("rpc");
      void remote.run("unread");
      await soon(() => reports.length > 0);
      equal(reports.splice(0).length, 1, "reports");
      equal(await remote.ran("unread"), 1, "runs");
    },
  },
  {
    name: "promises that are open when the session ends reject with its reason",
    async run(kit) {
      const { session, remote } = await kit.open();
      const { promise } = await remote.promised(-1, 1);
      promise.catch(() => {});
      await session.close();
      const error = await rejects(promise, "CANCELLED", "the open promise");
      check(error.message.length > 0, "no message");
    },
  },
]);
