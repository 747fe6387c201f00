import { expect, it } from "vitest";
import { inEachElectron } from "./harness/suite.ts";
import { within } from "./harness/within.ts";

const scenarios = [
  "a crash with everything in flight",
  "200 reloads with a session each",
  "100 windows opened and closed",
  "20 updates of a page's code",
  "main serves anew",
  "the page lets go",
];

inEachElectron(scenarios, ({ of }) => {
  it("F4 M-01 a crashed page settles 100 calls, 10 streams and 10 callbacks within 200 ms, and main lives", (context) => {
    const found = of<Record<string, unknown> & { ms: number; stats: Record<string, unknown> }>(
      context,
      "a crash with everything in flight",
    );
    expect(found.ms).toBeLessThan(within(200));
    expect(found).toMatchObject({
      reason: { code: "UNAVAILABLE", message: "the page's process is gone: crashed, exit code 5" },
      settled: { UNAVAILABLE: 120 },
      seen: { started: 110, finished: 10, aborted: 100 },
      sessions: 0,
      unhandled: [],
    });
    expect(found.stats).toMatchObject({ calls: { inFlight: 0, open: 0 }, exports: 0, stubs: 0, streams: 0 });
  });

  it("G-21 200 reloads with a session each leave no listener and no session", (context) => {
    expect(of(context, "200 reloads with a session each")).toEqual({ counts: 1, sessions: 0 });
  });

  it("100 windows that open and close leave no listener and no session", (context) => {
    expect(of(context, "100 windows opened and closed")).toEqual({ same: true, sessions: 0 });
  });

  it("20 updates of a page's code leave one session", (context) => {
    expect(of(context, "20 updates of a page's code")).toEqual({ same: true, sessions: 1 });
  });

  it("F20 a connector comes back when main serves anew", (context) => {
    const { sum, statuses } = of<{ sum: number; statuses: string[] }>(context, "main serves anew");
    expect(sum).toBe(3);
    expect(statuses[0]).toBe("ready");
    expect(statuses.at(-1)).toBe("ready");
  });

  it("F1 a page that closes its client ends the session in an orderly way", (context) => {
    expect(of(context, "the page lets go")).toMatchObject({
      reason: { code: "OK", by: "remote" },
      stats: { exports: 0, stubs: 0 },
    });
  });
});
