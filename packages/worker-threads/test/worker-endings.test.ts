import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workerTransport } from "../src/index.ts";
import { listenersOf, portsHeld } from "./left.ts";
import { exited, rawWorker } from "./raw-worker.ts";
import { within } from "./within.ts";

const folder = mkdtempSync(join(tmpdir(), "portolan-endings-"));
const file = (name: string) => join(folder, name);
// Newer Nodes run TypeScript whose types can be stripped.
const typeScriptRemedy = /This Node runs no TypeScript: build the worker to JavaScript/;
const stripsTypes = "typescript" in process.features && process.features.typescript !== false;

beforeAll(() => {
  writeFileSync(file("package.json"), '{"type":"module"}');
  writeFileSync(file("syntax.mjs"), "let let = ;");
  writeFileSync(file("lost-import.mjs"), "import 'no-such-package';");
  writeFileSync(file("typed.ts"), "export const x: number = 1;");
  writeFileSync(file("typed.cts"), "const x: number = 1;");
  writeFileSync(file("enum.ts"), "enum A { b }");
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ending {
  readonly name: string;
  make(): Worker;
  /** Makes it end, once it has begun. */
  kill?(worker: Worker): void;
  readonly message: RegExp;
  cause(cause: unknown): void;
}

const error = (check: Record<string, unknown>) => (cause: unknown) => expect(cause).toMatchObject(check);
const begun =
  'for (let index = 0; index < 100; index++) parentPort.postMessage(index); parentPort.on("message", () => {});';

const endings: Ending[] = [
  {
    name: "process.exit(3)",
    make: () => rawWorker(`${begun} process.exit(3)`),
    message: /^the worker ended with exit code 3$/,
    cause: error({ exitCode: 3 }),
  },
  {
    name: "process.exit(0)",
    make: () => rawWorker(`${begun} process.exit(0)`),
    message: /^the worker ended with exit code 0$/,
    cause: error({ exitCode: 0 }),
  },
  {
    name: "terminate()",
    make: () => rawWorker(begun),
    kill: (worker) => void worker.terminate(),
    message: /^the worker ended with exit code 1 \(terminate\(\) or process\.exit\(1\)\)$/,
    cause: error({ exitCode: 1 }),
  },
  {
    name: "terminate() while it spins",
    make: () => rawWorker(`${begun} setImmediate(() => { for (;;); })`),
    kill: (worker) => void worker.terminate(),
    message: /^the worker ended with exit code 1/,
    cause: error({ exitCode: 1 }),
  },
  {
    name: "an uncaught error",
    make: () => rawWorker(`${begun} throw new RangeError("boo")`),
    message: /^the worker ended by an uncaught error: RangeError: boo$/,
    cause: error({ name: "RangeError", message: "boo" }),
  },
  {
    name: "an unhandled rejection",
    make: () => rawWorker(`${begun} Promise.reject(Object.assign(new Error("late"), { code: "E_LATE" }))`),
    message: /^the worker ended by an uncaught error: late$/,
    cause: error({ message: "late", code: "E_LATE" }),
  },
  {
    name: "throw undefined",
    make: () => rawWorker(`${begun} throw undefined`),
    message: /^the worker ended by an uncaught error: undefined$/,
    cause: (cause) => expect(cause).toBeUndefined(),
  },
  {
    name: "out of memory",
    make: () =>
      rawWorker(`${begun} const all = []; for (;;) all.push(new Array(1e5).fill({}))`, {
        resourceLimits: { maxOldGenerationSizeMb: 8 },
      }),
    message: /^the worker ran out of memory/,
    cause: error({ code: "ERR_WORKER_OUT_OF_MEMORY" }),
  },
];

const bootFailures: Ending[] = [
  {
    name: "a missing file",
    make: () => new Worker(file("nobody.js")),
    message:
      /^the worker failed before its first message: Cannot find module .*nobody\.js.*see that it has been built/s,
    cause: error({ code: expect.stringMatching(/MODULE_NOT_FOUND/) }),
  },
  {
    name: "a missing import",
    make: () => rawWorker("require('no-such-package')"),
    message: /^the worker failed before its first message: Cannot find module 'no-such-package'.*The worker is there/s,
    cause: error({ code: "MODULE_NOT_FOUND" }),
  },
  {
    name: "a missing import of a module",
    make: () => new Worker(file("lost-import.mjs")),
    message:
      /^the worker failed before its first message: Cannot find package 'no-such-package' imported from .*The worker is there, what it imports is not/s,
    cause: error({ code: "ERR_MODULE_NOT_FOUND" }),
  },
  {
    name: "a syntax error",
    make: () => new Worker(file("syntax.mjs")),
    message: /^the worker failed before its first message: SyntaxError: /,
    cause: error({ name: "SyntaxError" }),
  },
  {
    name: "a throw at the top",
    make: () => rawWorker("throw new TypeError('no settings')"),
    message: /^the worker failed before its first message: TypeError: no settings$/,
    cause: error({ name: "TypeError" }),
  },
  {
    name: "nothing to do",
    make: () => rawWorker(""),
    message: /^the worker ended with exit code 0 before its first message: does it call serve\(parentTransport\(\)/,
    cause: error({ exitCode: 0 }),
  },
];

describe.each([...endings, ...bootFailures])("a worker that ends by $name", ({ make, kill, message, cause }) => {
  it("ends its transport as UNAVAILABLE with what Node said, after what it had sent", async () => {
    const worker = make();
    const transport = workerTransport(worker);
    transport.hold(true);
    const got: unknown[] = [];
    let signalled = 0;
    worker.once("exit", () => {
      signalled = performance.now();
    });
    transport.receive((data) => {
      if (got.push(data) === 100) kill?.(worker);
    });
    const reason = await transport.closed;
    expect(performance.now() - signalled).toBeLessThan(within(100));
    expect(reason).toMatchObject({ code: "UNAVAILABLE", by: "platform", message: expect.stringMatching(message) });
    cause(reason.cause);
    // Whoever failed before its hello has run nothing.
    expect(reason.delivered).toBe(message.source.includes("failed before its first message") ? "no" : undefined);
    if (!message.source.includes("before its first message")) expect(got.length).toBe(100);
    expect(() => transport.send(1)).toThrow(expect.objectContaining({ code: "UNAVAILABLE", delivered: "no" }));
    expect(listenersOf(worker)).toBe(0);
    expect(portsHeld()).toEqual([]);
  });
});

describe("a TypeScript worker that this Node cannot run", () => {
  it.each(
    stripsTypes
      ? [["enum.ts", /leave out enums/]]
      : [
          ["typed.ts", typeScriptRemedy],
          ["typed.cts", typeScriptRemedy],
        ],
  )("says what to do: %s", async (name, remedy) => {
    const { message, code } = await workerTransport(new Worker(file(name as string))).closed;
    expect(code).toBe("UNAVAILABLE");
    expect(message).toMatch(remedy);
  });
});

describe("endings seldom met", () => {
  it("M-12 a worker that had ended before ends the transport at once", async () => {
    const worker = rawWorker("");
    await exited(worker);
    const transport = workerTransport(worker);
    expect(transport.ended).toMatchObject({ code: "UNAVAILABLE", message: "the worker had ended before" });
    expect(listenersOf(worker)).toBe(0);
  });

  it("F-11 a message that cannot be read ends it as PROTOCOL_ERROR", async () => {
    const worker = rawWorker("parentPort.on('message', () => {})");
    const transport = workerTransport(worker);
    // Node raises this where a message holds something that this context cannot revive.
    worker.emit("messageerror", new Error("no such thing here"));
    expect(transport.ended).toMatchObject({
      code: "PROTOCOL_ERROR",
      by: "remote",
      message: expect.stringMatching(/no such thing here/),
    });
    expect(listenersOf(worker)).toBe(0);
    await worker.terminate();
  });

  it("an error without an exit, as other runtimes have it, ends it all the same", async () => {
    const worker = rawWorker("parentPort.on('message', () => {})");
    const transport = workerTransport(worker);
    const began = performance.now();
    worker.emit("error", new Error("only this"));
    expect(await transport.closed).toMatchObject({ code: "UNAVAILABLE", cause: { message: "only this" } });
    expect(performance.now() - began).toBeLessThan(within(100));
    await worker.terminate();
  });
});
