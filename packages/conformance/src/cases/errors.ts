import { RpcError } from "@portolan/protocol";
import { check, equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";

/** What a failure over there is here. */
export const errorCases: readonly ConformanceCase[] = group("errors", [
  {
    name: "an RpcError arrives with code, message and data, and says that its handler had started",
    async run(kit) {
      const { remote } = await kit.open();
      const error = await rejects(remote.fail("rpc"), "NOT_FOUND", "the call");
      equal([error.message, error.data, error.delivered], ["no such thing", { id: 7 }, "yes"], "the error");
      check(error instanceof Error && RpcError.is(error), "it is no RpcError");
    },
  },
  {
    name: "towards a trusted peer, what was thrown is the cause",
    needs: ["far trusts us"],
    async run(kit) {
      const { remote } = await kit.open();
      const error = await rejects(remote.fail("range"), "INTERNAL", "the call");
      const cause = error.cause as RangeError & { detail: number };
      check(cause instanceof RangeError, `the cause is ${String(cause)}`);
      equal([cause.message, cause.detail], ["out of range", 7], "the cause");
      check(cause.cause instanceof TypeError, "the cause of the cause is gone");
      equal((await rejects(remote.fail("text"), "INTERNAL", "a thrown text")).cause, "just text", "a text as cause");
      const none = await rejects(remote.fail("undefined"), "INTERNAL", "a thrown undefined");
      check("cause" in none && none.cause === undefined, "undefined as a cause is lost");
    },
  },
  {
    name: "towards an untrusted peer, nothing of what was thrown is told",
    needs: ["far mistrusts us"],
    async run(kit) {
      const { remote } = await kit.open();
      for (const how of ["range", "text", "undefined", "code"] as const) {
        const error = await rejects(remote.fail(how), "INTERNAL", `throwing ${how}`);
        const told = `${error.message} ${JSON.stringify(error.data)} ${error.stack ?? ""}`;
        check(
          !/range|deeper|just text|no such file|ENOENT/.test(told.replaceAll("RangeError", "")),
          `it tells: ${told}`,
        );
        check(error.cause === undefined, "it has a cause");
        const reference = /reference (\w+)/.exec(error.message)?.[1];
        check(reference, `no reference in: ${error.message}`);
      }
      equal((await remote.takeReports()).length, 4, "failures that were reported over there");
    },
  },
  {
    name: "a foreign code is not taken for one of ours",
    async run(kit) {
      const { remote } = await kit.open();
      await rejects(remote.fail("code"), "INTERNAL", "an error with code ENOENT");
      await remote.takeReports();
    },
  },
  {
    name: "a failure in a callback reaches the handler, and through it the caller",
    async run(kit) {
      const { remote } = await kit.open();
      const failing = () => {
        throw new RpcError("ABORTED", "the callback says no", { data: 5 });
      };
      const error = await rejects(remote.callBack(failing), await codeBack(kit.facts.far.trusted), "the call");
      if (error.code === "ABORTED") equal(error.message, "the callback says no", "the message");
      await remote.takeReports();
    },
  },
  {
    name: "the stack shows the caller's line",
    needs: ["stacks across await"],
    async run(kit) {
      const { remote } = await kit.open();
      const error = await rejects(remote.fail("rpc"), "NOT_FOUND", "the call");
      // In a bundle it is not this file: whatever this line is in, is in both.
      const here = /[^/\\\s(]+\.[a-z]+(?=:\d+:\d+)/.exec(new Error("here").stack ?? "")?.[0];
      check(here && error.stack?.includes(here), `the caller (${here}) is not in the stack: ${error.stack}`);
      await remote.takeReports();
    },
  },
  {
    name: "errors travel as values too, with class, cause and properties",
    async run(kit) {
      const { remote } = await kit.open();
      const sent = Object.assign(new RangeError("r", { cause: { why: 1n } }), { extra: [1] });
      const back = await remote.echo(sent);
      equal(back, sent, "the error");
      check(back instanceof RangeError, "the class is lost");
    },
  },
]);

/** An RpcError that came from a peer is passed on to trusted peers only. */
async function codeBack(trusted: boolean): Promise<string> {
  return trusted ? "ABORTED" : "INTERNAL";
}
