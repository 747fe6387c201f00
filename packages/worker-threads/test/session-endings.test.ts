import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { openSession, type Remote, RpcError, type Session } from "@portolan/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { portTransport, workerTransport } from "../src/index.ts";
import type { FixtureApi } from "./fixtures/api.d.mts";
import { listenersOf, portsHeld } from "./left.ts";
import { within } from "./within.ts";

const unhandled: unknown[] = [];
const hear = (error: unknown) => unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", hear).on("uncaughtException", hear));
afterEach(() => void process.off("unhandledRejection", hear).off("uncaughtException", hear));

interface Way {
  readonly name: string;
  kill(parts: { remote: Remote<FixtureApi>; worker: Worker; port: MessagePort }): unknown;
  readonly message: RegExp;
  cause(cause: unknown): void;
}

const ways: Way[] = [
  {
    name: "terminate()",
    kill: ({ worker }) => worker.terminate(),
    message: /ended with exit code 1/,
    cause: (cause) => expect(cause).toEqual({ exitCode: 1 }),
  },
  {
    name: "process.exit(3)",
    kill: ({ remote }) => remote.exit(3),
    message: /ended with exit code 3/,
    cause: (cause) => expect(cause).toEqual({ exitCode: 3 }),
  },
  {
    name: "an uncaught throw",
    kill: ({ remote }) => remote.crash(),
    message: /RangeError: boo/,
    cause: (cause) => expect(cause).toMatchObject({ name: "RangeError", message: "boo" }),
  },
  {
    name: "out of memory",
    kill: ({ remote }) => remote.fill(),
    message: /out of memory/,
    cause: (cause) => expect(cause).toMatchObject({ code: "ERR_WORKER_OUT_OF_MEMORY" }),
  },
];

const onPort: Way[] = [
  {
    name: "the port closed over here",
    kill: ({ port }) => port.close(),
    message: /the port was closed/,
    cause: () => {},
  },
  {
    name: "the thread behind the port gone",
    kill: ({ worker }) => worker.terminate(),
    message: /the port was closed/,
    cause: () => {},
  },
];

describe.each([
  ...ways.map((way) => ({ ...way, over: "a worker" })),
  ...onPort.map((way) => ({ ...way, over: "a port" })),
])("100 calls in flight over $over, then $name", ({ over, kill, message, cause }) => {
  it("R-28 O-20 F-27 all settle as UNAVAILABLE with the cause, and nothing is left", async () => {
    const { port1, port2 } = new MessageChannel();
    const worker = newWorker({ port: over === "a port" ? port2 : undefined });
    const transport = over === "a port" ? portTransport(port1, { trusted: true }) : workerTransport(worker);
    const session = openSession<Remote<FixtureApi>>(transport);
    const { remote } = session;
    const calls = Array.from({ length: 100 }, () => remote.never().then(undefined, (error: unknown) => error));
    expect(await remote.running()).toBe(100);

    const signal = over === "a port" ? "close" : "exit";
    const signalled = new Promise<number>((resolve) => {
      (over === "a port" ? port1 : worker).once(signal, () => resolve(performance.now()));
    });
    const killer = Promise.resolve(kill({ remote, worker, port: port1 })).catch(() => {});
    const errors = await Promise.all(calls);
    expect(performance.now() - (await signalled)).toBeLessThan(within(100));
    for (const error of errors) {
      expect(RpcError.is(error) && error.code).toBe("UNAVAILABLE");
      expect((error as Error).message).toMatch(message);
      cause((error as Error).cause);
    }
    await killer;
    await laterCallsReject(session);
    await nothingLeft(session, worker);
    port1.close();
    await worker.terminate();
    await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  });
});

describe("a session that was closed here", () => {
  it("F18 rejects what is pending as CANCELLED in the same turn, and ends the worker of its factory", async () => {
    let worker: Worker | undefined;
    const session = openSession<Remote<FixtureApi>>(workerTransport(() => (worker = newWorker())));
    const pending = session.remote.never();
    await session.ready;
    const gone = new Promise((resolve) => worker?.once("exit", resolve));
    const closing = session.close();
    expect(session.ended).toMatchObject({ code: "OK", by: "local" });
    await expect(pending).rejects.toMatchObject({ code: "CANCELLED" });
    await closing;
    await gone;
    await nothingLeft(session, worker as Worker);
  });

  it("leaves a worker that was passed to the next session", async () => {
    const worker = newWorker();
    const first = openSession<Remote<FixtureApi>>(workerTransport(worker));
    expect(await first.remote.add(1, 2)).toBe(3);
    await first.close();
    expect(listenersOf(worker)).toBe(0);
    expect(worker.threadId).toBeGreaterThan(0);
    await worker.terminate();
  });
});

describe("one worker, one session after the other", () => {
  it("gathers no listener", async () => {
    const worker = newWorker({ sessions: 50 });
    for (let index = 0; index < 50; index++) {
      const session = openSession<Remote<FixtureApi>>(workerTransport(worker));
      expect(await session.remote.add(index, 1)).toBe(index + 1);
      await session.close();
      expect(listenersOf(worker)).toBe(0);
    }
    await worker.terminate();
    await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  });
});

describe("a worker that answers and exits", () => {
  it("F22 has its answer delivered before its end", async () => {
    const worker = newWorker();
    const session = openSession<Remote<FixtureApi>>(workerTransport(worker));
    expect(await session.remote.lastWords()).toBe("bye");
    expect(await session.closed).toMatchObject({ code: "UNAVAILABLE", cause: { exitCode: 3 } });
    await nothingLeft(session, worker);
  });
});

describe("100 calls that nobody awaits", () => {
  it("to a killed worker, leave the process alive and nothing unhandled", async () => {
    const worker = newWorker();
    const session = openSession<Remote<FixtureApi>>(workerTransport(worker));
    await session.ready;
    for (let index = 0; index < 50; index++) void session.remote.never();
    await worker.terminate();
    for (let index = 0; index < 50; index++) void session.remote.never();
    await nothingLeft(session, worker);
  });
});

function newWorker({ port, sessions = 1 }: { port?: MessagePort | undefined; sessions?: number } = {}): Worker {
  return new Worker(new URL("./fixtures/api.mjs", import.meta.url), {
    workerData: { port, sessions },
    transferList: port ? [port] : [],
    resourceLimits: { maxOldGenerationSizeMb: 16 },
    stderr: true,
  });
}

async function laterCallsReject(session: Session<Remote<FixtureApi>>): Promise<void> {
  let settled = false;
  session.remote.add(1, 2).catch((error) => {
    settled = RpcError.is(error) && error.code === "UNAVAILABLE" && error.delivered === "no";
  });
  // Microtasks of this turn, and nothing that waits for the event loop.
  for (let index = 0; index < 8; index++) await undefined;
  expect(settled).toBe(true);
}

async function nothingLeft(session: Session<Remote<FixtureApi>>, worker: Worker): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  expect(numbersOf(session.stats()).every((number) => number === 0)).toBe(true);
  expect(listenersOf(worker)).toBe(0);
  expect(unhandled).toEqual([]);
}

function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}
