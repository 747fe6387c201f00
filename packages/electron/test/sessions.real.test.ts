import { expect, it } from "vitest";
import { inEachElectron } from "./harness/suite.ts";

const scenarios = [
  "a page calls main",
  "small things",
  "errors cross with all they carry",
  "errors stay in main by default",
  "what cannot cross is named",
  "main calls its windows",
  "who is not allowed hears why",
  "context refuses a window",
  "two windows call one another",
  "two windows by way of main",
  "main and a utility process",
  "a hidden window works for another",
  "instead of sendSync",
  "a port inside a call to a utility process, and back",
  "a port inside a call of a page to a utility process, and back",
  "a page and a utility process",
  "a page and a worker thread",
];

type Failure = { code: string; message: string; delivered: string; stack: boolean; cause?: Record<string, unknown> };

inEachElectron(scenarios, ({ of }) => {
  it("O-01 G-06 a page calls main, with callbacks and streams, and nothing is left when they are over", (context) => {
    const { stats, ...rest } = of<{ stats: Record<string, unknown> } & Record<string, unknown>>(
      context,
      "a page calls main",
    );
    expect(rest).toMatchObject({
      add: 3,
      who: true,
      progress: { answer: "done", seen: [1, 2, 3] },
      count: 1000,
      broken: 7,
      finished: 2,
    });
    expect(stats).toMatchObject({
      calls: { inFlight: 0, open: 0 },
      exports: 0,
      stubs: 0,
      streams: 0,
      promises: 0,
      signals: 0,
    });
  });

  it("G-09 5 000 calls at once are paired with their answers", (context) => {
    expect(of(context, "a page calls main")["many"]).toBe(true);
  });

  it("M-08 a buffer that is to be moved is copied, and stays with its sender", (context) => {
    expect(of(context, "a page calls main")["buffers"]).toEqual({ there: 1024, here: 1024 });
  });

  it("G-03 one way: a page sets the title of its own window", (context) => {
    expect(of(context, "small things")["title"]).toBe("From the page");
  });

  it("G-12 G-21 a subscription hears the value alone, and ends when it is released", (context) => {
    expect(of(context, "small things")).toMatchObject({ watched: [["one"], ["one"], ["two"]], watching: 0 });
  });

  it("M-20 a stream waits for its reader", (context) => {
    const { taken, produced } = of<{ taken: number; produced: number }>(context, "small things");
    expect(taken).toBe(6);
    expect(produced).toBeLessThanOrEqual(1024 + 256);
  });

  it("G-18 an instance crosses as itself once its class is registered, and is refused before", (context) => {
    expect(of(context, "small things")["classes"]).toMatchObject({
      refused: { code: "INVALID_ARGUMENT", message: expect.stringContaining("registerClass()") },
      back: Math.hypot(1, 2),
    });
  });

  it("M-15 two APIs share a port by name, and a name is taken once", (context) => {
    expect(of(context, "small things")["channels"]).toMatchObject({
      sums: [3, 7],
      twice: { name: "TypeError", message: expect.stringContaining("files") },
      left: 11,
    });
  });

  it("G-07 errors keep class, code, data and cause, and show the stacks of both sides", (context) => {
    const [declared, foreign] = of<Failure[]>(context, "errors cross with all they carry");
    expect(declared).toMatchObject({
      code: "NOT_FOUND",
      message: "no such file",
      data: { path: "/x" },
      delivered: "yes",
      stack: true,
      farStack: true,
      cause: { name: "DiskError", code: "ENOSPC", message: "disk is full" },
    });
    expect(foreign).toMatchObject({ code: "INTERNAL", cause: { name: "DiskError", code: "ENOSPC" } });
  });

  it("what main throws stays in main unless it is told otherwise", (context) => {
    const { told, errors } = of<{ told: Failure; errors: string[] }>(context, "errors stay in main by default");
    expect(told).toMatchObject({ code: "INTERNAL", message: expect.not.stringContaining("disk") });
    expect(told.cause).toBeUndefined();
    expect(errors).toEqual(["DiskError: disk is full"]);
  });

  it("G-17 DOM nodes, Electron's and Node's own objects are refused by their path, and the port lives on", (context) => {
    const { refusals, add } = of<{ refusals: Failure[]; add: number }>(context, "what cannot cross is named");
    expect(refusals.map(({ message }) => message.split(";")[0])).toEqual([
      "args[0].deep[0] cannot cross: an instance of HTMLBodyElement",
      "args[0].deep[0] cannot cross: a Blob cannot pass through Electron's main process",
      "args[0][0] cannot cross: a DOMRect cannot pass through Electron's main process",
      "args[0].location cannot cross: an instance of Location",
      "result.deep[0].process cannot cross: an instance of process",
    ]);
    expect(add).toBe(3);
  });

  it("G-11 G-15 main awaits what a window exposes, and tells windows apart", (context) => {
    const { title, counter, error, refusals } = of<Record<string, unknown[]>>(context, "main calls its windows");
    expect([title, counter]).toEqual(["other.html", [1, 2]]);
    expect(error).toEqual(["RpcError", "INTERNAL", expect.any(String)]);
    expect(refusals?.map((message) => String(message).split(";")[0])).toEqual([
      "args[0].deep[0] cannot cross: an instance of BrowserWindow",
      "args[0].env cannot cross: an instance of WebContents",
      expect.stringContaining("args[0][0] cannot cross"),
      "args[0] cannot cross: a Blob cannot pass through Electron's main process",
    ]);
  });

  it("a broadcast has a result for each window, also for one that is gone", (context) => {
    const { titles, afterOneClosed } = of(context, "main calls its windows");
    expect(titles).toEqual(["index.html", "other.html"]);
    expect(afterOneClosed).toEqual(["UNAVAILABLE", "other.html"]);
  });

  it("a call of a page that is not allowed rejects with PERMISSION_DENIED, also through a connector", (context) => {
    const { once, again, sessions, started } = of<Record<string, unknown>>(context, "who is not allowed hears why");
    expect([once, again]).toEqual([
      expect.objectContaining({ code: "PERMISSION_DENIED", delivered: "no" }),
      expect.objectContaining({ code: "PERMISSION_DENIED", delivered: "no" }),
    ]);
    expect([sessions, started]).toEqual([0, 0]);
  });

  it("a context that throws refuses the window", (context) => {
    const { told, sessions } = of(context, "context refuses a window");
    expect(told).toMatchObject({ code: "PERMISSION_DENIED" });
    expect(sessions).toBe(0);
  });

  it("M-14 G-16 two windows serve one another, directly and with main between them", (context) => {
    const each = [
      ["other.html", 5, 1, 2],
      ["index.html", 5, 1, 2],
    ];
    expect(of(context, "two windows call one another")).toEqual(each);
    expect(of(context, "two windows by way of main")).toEqual(each);
  });

  it("main and a utility process call one another, and its exit settles the call", (context) => {
    expect(of(context, "main and a utility process")).toEqual({
      found: "ABC",
      steps: [1, 2, 3],
      crash: ["UNAVAILABLE", "the utility process exited: code 3"],
    });
  });

  it("a page calls a utility process over a port of their own", (context) => {
    expect(of(context, "a page and a utility process")).toEqual(["utility", 5, 1, 2]);
  });

  it("M-01 a hidden window does another's heavy, untrusted and crashing work: that one goes on, and gets it back when it is reloaded", (context) => {
    const found = of<{ answers: number } & Record<string, unknown>>(context, "a hidden window works for another");
    expect(found.answers).toBeGreaterThan(5);
    expect(found).toMatchObject({
      untrusted: { code: "PERMISSION_DENIED" },
      answer: "crunched",
      crashed: { code: "UNAVAILABLE" },
      lives: 3,
      again: { answer: "crunched" },
    });
  });

  it("G-10 M-17 start-up values come as arguments of a sandboxed preload, and main asks the page before its window closes", (context) => {
    expect(of(context, "instead of sendSync")).toEqual({ theme: "dark", closed: "closed", asked: [false, true] });
  });

  it("M-04 M-11 a port inside a call from main is moved to a utility process, and works there; it cannot be sent back, which is said", (context) => {
    expect(of(context, "a port inside a call to a utility process, and back")).toMatchObject({
      kind: "MessagePortMain",
      answer: [["from", "the utility process"]],
      heard: [[["from", "main"]]],
      untouched: true,
      refused: {
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining("a utility process cannot move ports to main"),
      },
      alive: "ABC",
      left: { calls: { inFlight: 0, open: 0 }, exports: 0, stubs: 0 },
    });
  });

  it("M-04 M-11 a port inside a call from a page is moved to a utility process, and one comes back", (context) => {
    expect(of(context, "a port inside a call of a page to a utility process, and back")).toEqual({
      answer: [["from", "the utility process"]],
      heard: [[["from", "the page"]]],
      back: "through the port that came back",
      kind: "[object MessagePort]",
    });
  });

  it("G-17 a Blob that a thread behind main gives a page is refused by its path, and the relay lives on", (context) => {
    const { blob, still } = of(context, "a page and a worker thread");
    expect(blob).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("result.deep[0] cannot cross"),
    });
    expect(still).toBe(4);
  });

  it("M-05 M-19 a page calls a worker thread behind main, which decodes nothing and vouches for nothing", (context) => {
    const { add, progress, count, error } = of<Record<string, unknown>>(context, "a page and a worker thread");
    expect([add, progress, count]).toEqual([3, { answer: "done", seen: [1, 2, 3] }, 100]);
    expect(error).toMatchObject({ code: "INTERNAL", message: expect.not.stringContaining("disk") });
  });
});
