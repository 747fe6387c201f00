import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { openSession } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { socketTransport } from "../src/index.ts";
import type { Api } from "./support/api.ts";
import { fixture, socketPath } from "./support/places.ts";
import { cleanups, serve } from "./support/socket-service.ts";
import { within } from "./support/within.ts";

describe("servers that die", () => {
  async function startServer(place: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, [fixture("socket-server.mjs"), place], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    cleanups.push(async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once("exit", resolve));
    });
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    return child;
  }

  it("F4 a killed one ends calls in flight, and its Unix socket is replaced by the next one", async () => {
    const { path, remove } = socketPath();
    cleanups.push(remove);
    const first = await startServer(path);
    const session = openSession<Api>(socketTransport(() => connect(path)));
    await session.remote.add(1, 1);
    const pending = session.remote.never().catch((error: unknown) => error);
    const started = performance.now();
    first.kill("SIGKILL");
    expect(await pending).toMatchObject({ code: "UNAVAILABLE", delivered: "unknown" });
    expect(performance.now() - started).toBeLessThan(within(1_000));
    await startServer(path);
    const again = openSession<Api>(socketTransport(() => connect(path)));
    expect(await again.remote.add(1, 1)).toBe(2);
    await again.close();
  });

  it("F9 a stopped one is found within interval plus timeout", async () => {
    const { path, remove } = socketPath();
    cleanups.push(remove);
    const server = await startServer(path);
    // Long enough that a server which is only kept waiting is not taken for a dead one.
    const heartbeat = { interval: 500, timeout: 500 };
    const session = openSession<Api>(
      socketTransport(() => connect(path)),
      { heartbeat },
    );
    await session.remote.add(1, 1);
    const pending = session.remote.never().catch((error: unknown) => error);
    server.kill("SIGSTOP");
    const started = performance.now();
    expect(await pending).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("silent") });
    expect(performance.now() - started).toBeLessThan(within(heartbeat.interval + heartbeat.timeout + 500));
  });

  it("F15 a slow reader of a stream costs no more than its window, and small calls pass beside it", async () => {
    const service = await serve("tcp");
    const session = service.dial();
    const endless = await session.remote.endless();
    const reader = endless[Symbol.asyncIterator]();
    await reader.next();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i++) await session.remote.add(i, i);
    expect(process.memoryUsage().rss - before).toBeLessThan(within(32, 4) * 1024 * 1024);
    await reader.return?.();
    expect(await session.remote.add(1, 1)).toBe(2);
  });
});
