import { type ChildProcess, fork } from "node:child_process";
import cluster, { type Worker } from "node:cluster";
import { openSession, type Session, type Transport } from "@portolan/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { type ChildExit, clusterListener, forkTransport } from "../src/index.ts";
import type { Api } from "./support/api.ts";
import { fixture } from "./support/places.ts";

const sessions: { session: Session<Api>; child: ChildProcess; own: Record<string, number> }[] = [];
afterEach(async () => {
  for (const { session, child, own } of sessions.splice(0)) {
    await session.close();
    await exitOf(child);
    expect(listenersOf(child)).toEqual(own);
  }
});

function start(serialization: "json" | "advanced") {
  let own = {};
  const transport = forkTransport(() => {
    const child = fork(fixture("fork-server.mjs"), { serialization, stdio: ["ignore", "inherit", "ignore", "ipc"] });
    own = listenersOf(child);
    return child;
  });
  const session = openSession<Api>(transport);
  const child = transport.port as ChildProcess;
  sessions.push({ session, child, own });
  return { transport, session, remote: session.remote, child };
}

describe.each(["json", "advanced"] as const)("fork with %s serialization", (serialization) => {
  it("F-12 F-30 finds out what the channel carries, and values cross exactly", async () => {
    const { transport, remote } = start(serialization);
    expect(transport.traits).toMatchObject({
      carries: serialization === "advanced" ? "clone" : "json",
      shared: true,
      trusted: true,
      moves: "none",
    });
    const value = { date: new Date(0), map: new Map([[1, new Set(["a"])]]), big: 2n ** 80n, nothing: undefined };
    expect(await remote.echo(value)).toEqual(value);
    expect(await remote.echo(new Uint8Array([1, 2, 3]).subarray(1))).toEqual(new Uint8Array([2, 3]));
    const heard: unknown[] = [];
    expect(await remote.each([1, 2], (item) => void heard.push(item))).toBe(2);
    expect(heard).toEqual([1, 2]);
  });

  it("strangers' messages on the channel stay theirs", async () => {
    const { remote, child } = start(serialization);
    await remote.add(1, 1);
    const answer = new Promise((resolve) => child.once("message", resolve));
    child.send("are you there?");
    const got: unknown[] = [await answer];
    if (Array.isArray(got[0])) got[0] = await new Promise((resolve) => child.once("message", resolve));
    expect(got).toEqual(["yes"]);
    expect(await remote.add(2, 2)).toBe(4);
  });

  it("F4 exit code and signal are in the error", async () => {
    const first = start(serialization);
    const failed = first.remote.exit(7).catch((error: unknown) => error);
    expect(await failed).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("exited with code 7") });
    expect(((await first.session.closed).cause as ChildExit).exitCode).toBe(7);
    const second = start(serialization);
    await second.remote.add(1, 1);
    second.child.kill("SIGKILL");
    expect((await second.session.closed).message).toContain("was ended by SIGKILL");
  });

  it("F22 an answer given just before the exit arrives, and large values cross", async () => {
    const { remote } = start(serialization);
    expect(await remote.text(2_000_000)).toHaveLength(2_000_000);
    expect(await remote.exitAfter(0, "last words")).toBe("last words");
  });

  it("F12 what the channel refuses rejects that call only", async () => {
    const { remote } = start(serialization);
    const refused: unknown = await remote.echo(new WeakMap()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await remote.add(1, 1)).toBe(2);
  });

  it("closing the session ends a child that we forked", async () => {
    const { remote, session, child } = start(serialization);
    await remote.add(1, 1);
    await session.close();
    expect(await exitOf(child)).toEqual([0, null]);
  });
});

describe("ownership", () => {
  it("a child that was passed stays, and takes the next session", async () => {
    const child = fork(fixture("fork-server.mjs"));
    const before = listenersOf(child);
    const first = openSession<Api>(forkTransport(child));
    expect(await first.remote.add(1, 2)).toBe(3);
    await first.close();
    expect(listenersOf(child)).toEqual(before);
    expect(child.connected).toBe(true);
    child.disconnect();
    expect(await exitOf(child)).toEqual([0, null]);
  });

  it("a child whose channel closes while it lives on ends the transport", async () => {
    const child = fork(fixture("fork-server.mjs"));
    const session = openSession<Api>(forkTransport(child));
    await session.remote.add(1, 1);
    child.kill("SIGSTOP");
    child.disconnect();
    expect(await session.closed).toMatchObject({ code: "UNAVAILABLE" });
    child.kill("SIGKILL");
    await exitOf(child);
  });

  it("a process that was not forked is told so", () => {
    const { send } = process;
    try {
      delete (process as { send?: unknown }).send;
      expect(() => forkTransport()).toThrow(/expected a process that was started with fork/);
    } finally {
      if (send) process.send = send;
    }
  });
});

describe("cluster", () => {
  it("F-16 hears workers that are there and those that come, each with its own session", async () => {
    const { settings } = cluster;
    cluster.setupPrimary({ exec: fixture("cluster-worker.mjs"), args: [], execArgv: [], serialization: "advanced" });
    const first = cluster.fork();
    const listener = clusterListener();
    const opened: { session: Session<Api>; worker: Worker }[] = [];
    const both = new Promise<void>((resolve) => {
      const arrive = (transport: Transport) => {
        expect(transport.traits.carries).toBe("clone");
        opened.push({ session: openSession<Api>(transport), worker: transport.peer["worker"] as Worker });
        if (opened.length === 2) resolve();
      };
      listener.accept(arrive, unexpected);
    });
    const second = cluster.fork();
    await both;
    expect(opened.map(({ worker }) => worker)).toEqual([first, second]);
    expect(await Promise.all(opened.map(({ session }) => session.remote.id()))).toEqual([first.id, second.id]);
    second.process.kill("SIGKILL");
    expect((await opened[1]!.session.closed).message).toContain("SIGKILL");
    expect(await opened[0]!.session.remote.add(1, 1)).toBe(2);
    await listener.close();
    expect(cluster.listenerCount("fork")).toBe(0);
    await opened[0]!.session.close();
    first.process.kill();
    await exitOf(first.process);
    cluster.setupPrimary(settings);
  });
});

it("a worker of a cluster that ends its session may begin another, and one that was turned away may not", async () => {
  const { settings } = cluster;
  cluster.setupPrimary({ exec: fixture("cluster-worker.mjs"), args: ["again"], execArgv: [] });
  const listener = clusterListener();
  const sessions: Session<Api>[] = [];
  const arrived: Transport[] = [];
  const third = new Promise<void>((resolve) => {
    listener.accept((transport) => {
      arrived.push(transport);
      sessions.push(openSession<Api>(transport));
      if (arrived.length === 3) resolve();
    }, unexpected);
  });
  const worker = cluster.fork();
  await third;
  for (const session of sessions.slice(0, 2)) expect(await session.closed).toMatchObject({ by: "remote" });
  expect(await sessions[2]?.remote.add(1, 2)).toBe(3);
  arrived[2]?.close({ code: "PERMISSION_DENIED", message: "not you", by: "local" });
  worker.process.kill();
  await exitOf(worker.process);
  expect(arrived).toHaveLength(3);
  await listener.close();
  cluster.setupPrimary(settings);
});

function listenersOf(child: ChildProcess): Record<string, number> {
  return Object.fromEntries(child.eventNames().map((name) => [String(name), child.listenerCount(name)]));
}

function exitOf(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve([child.exitCode, child.signalCode]);
  return new Promise((resolve) => child.once("exit", (...how) => resolve(how)));
}

/** Nobody is refused in these tests. */
function unexpected(error: unknown): never {
  throw error;
}
