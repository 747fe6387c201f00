import { expect, it } from "vitest";
import { inEachElectron } from "./harness/suite.ts";
import { within } from "./harness/within.ts";

const scenarios = [
  "a service worker calls main",
  "a service worker by a bundled preload, which main calls",
  "service workers that are not allowed",
  "words that a service worker forges",
  "a service worker that stops with everything in flight",
  "a service worker whose process crashes",
  "20 runs of a service worker",
  "a service worker that is kept running",
  "a service worker without the preload",
  "conformance: a service worker and main",
];

const nothingLeft = { calls: { inFlight: 0, open: 0 }, exports: 0, stubs: 0, streams: 0, promises: 0, signals: 0 };
const denied = {
  code: "PERMISSION_DENIED",
  message: "this service worker may not talk to main: app://bundle/worker.js is not allowed",
};

inEachElectron(scenarios, ({ of }) => {
  it("M-03 a service worker under a strict CSP calls main, with callbacks, streams and errors, and values arrive as they left", (context) => {
    const { found, ...rest } = of<Record<string, unknown>>(context, "a service worker calls main");
    expect(found).toMatchObject({
      add: 3,
      who: { kind: "electron-service-worker", origin: "app://bundle" },
      progress: ["done", [1, 2, 3]],
      taken: 301,
      kinds: ["Date", "BigInt", "Map", "Uint8Array"].map((kind) => `[object ${kind}]`),
      own: [true, false],
      fail: { code: "NOT_FOUND", message: "no such file" },
      many: 3998,
      stats: nothingLeft,
    });
    expect(rest).toEqual({ finished: 1, errors: ["DiskError: disk is full"], sessions: 0, polluted: false });
  });

  it("what main throws stays in main, and what Electron gives service workers no way for is refused by its path", (context) => {
    const { foreign, port, blob } = of<{ found: Record<string, { message: string }> }>(
      context,
      "a service worker calls main",
    ).found;
    expect(foreign).toMatchObject({ code: "INTERNAL", message: expect.not.stringContaining("disk") });
    expect(foreign).not.toHaveProperty("cause");
    expect(port).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("args[0] cannot cross") });
    expect(blob?.message).toMatch(/^args\[0\]\.deep\[0\] cannot cross: a Blob/);
  });

  it("main calls a service worker whose preload is bundled, knows who it is, and nothing is left", (context) => {
    expect(of(context, "a service worker by a bundled preload, which main calls")).toMatchObject({
      peer: {
        kind: "electron-service-worker",
        scope: "app://bundle/",
        url: "app://bundle/worker.js",
        origin: "app://bundle",
        trusted: false,
      },
      mine: true,
      heard: ["now"],
      items: 5,
      ended: 1,
      globals: [],
      stats: nothingLeft,
    });
  });

  it("a service worker that is not allowed is told so, reaches no handler and is reported once; an honest one does not notice", (context) => {
    expect(of(context, "service workers that are not allowed")).toMatchObject({
      told: [denied, denied, denied],
      connector: denied,
      nobody: { code: "UNAVAILABLE", message: expect.stringContaining('"nobody"') },
      asked: [["app://bundle/worker.js", "app://bundle/"]],
      reports: [`RpcError: ${denied.message}`],
      sessions: 0,
      honest: "string",
    });
  });

  it("forged words reach nobody but the refusal of what asks rightly, and a worker holds 64 lines", (context) => {
    expect(of(context, "words that a service worker forges")).toEqual({
      heard: [["forged", "refused", denied.code, denied.message]],
      sessions: 0,
      lines: { code: "RESOURCE_EXHAUSTED", first: true, again: 4 },
      honest: "string",
    });
  });

  it("a service worker that stops settles 100 calls and 10 streams within 200 ms, and is called again when it runs anew", (context) => {
    const found = of<{ ms: number } & Record<string, unknown>>(
      context,
      "a service worker that stops with everything in flight",
    );
    expect(found.ms).toBeLessThan(within(200));
    expect(found).toMatchObject({
      reason: { code: "UNAVAILABLE", message: "the service worker stopped", by: "platform" },
      settled: 110,
      codes: ["UNAVAILABLE"],
      stats: nothingLeft,
      another: true,
      sessions: 1,
      unhandled: [],
    });
  });

  it("a service worker whose process crashes ends its session", (context) => {
    expect(of(context, "a service worker whose process crashes")).toEqual({
      code: "UNAVAILABLE",
      message: "the service worker stopped",
      hanging: "UNAVAILABLE",
      sessions: 0,
    });
  });

  it("20 runs of a service worker have one listener of the session at a time, and none after the last", (context) => {
    const found = of(context, "20 runs of a service worker");
    // The listener for "error" is Electron's own.
    expect(found).toEqual({ counts: [1], busy: ["error", "portolan:worker"], idle: ["error"], after: 0 });
  });

  it("keepAlive holds one task of the worker while it is connected", (context) => {
    expect(of(context, "a service worker that is kept running")).toEqual({ kept: 1, after: 0 });
  });

  it("a service worker without the preload is told so, with the remedy", (context) => {
    expect(of(context, "a service worker without the preload")).toEqual({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining("registerPreload(session, { serviceWorkers: true })"),
    });
  });

  it("every promise holds between a service worker and main", (context) => {
    const { passed, refused, failed } = of<{ passed: number; refused: number; failed: string[] }>(
      context,
      "conformance: a service worker and main",
    );
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(100);
    expect(refused).toBeLessThan(20);
  });
});
