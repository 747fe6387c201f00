import { type ChildProcess, fork } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { createClient } from "@portolan/client";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { webSocketConnector } from "../src/index.ts";
import { idleMemory } from "./idle-memory.mjs";

interface Measure {
  readonly rss: number;
  readonly peak: number;
}

const sessions = 10_000;
/** Promises of a quiet machine, held where the tests are told that theirs is one. */
const strict = process.env["PORTOLAN_STRICT_BOUNDS"] === "1";

it("10 000 idle sessions cost at most twice what those of bare ws do, and no timer each", async () => {
  const { bare, portolan, rssRatio } = await idleMemory(sessions);
  console.log("bytes per idle session", { bare, portolan, rssRatio });
  expect(portolan.sessions).toBe(sessions);
  expect(portolan.timers).toBeLessThan(20);
  expect(portolan.rss).toBeLessThan((strict ? 2 : 4) * bare.rss);
}, 300_000);

it.each(["text", "binary"])(
  "1 GiB goes up as %s in less than 64 MiB at either end, and small calls beside it are quick",
  async (form) => {
    const binary = form === "binary";
    const { child, port } = await start("upload-server.mjs", binary ? "binary" : "text");
    const url = `ws://127.0.0.1:${port}`;
    const client = createClient<{ take(pieces: AsyncIterable<Uint8Array>): number; add(a: number, b: number): number }>(
      webSocketConnector(url, { WebSocket, binary }),
    );
    const idle = await latencies(2_000, () => client.add(1, 1));
    const piece = new Uint8Array(64 * 1024).fill(7);
    const total = 1024 * 1024 * 1024;
    async function* pieces(bytes: number) {
      for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
    }
    // The first pieces compile what the others run.
    await client.take(pieces(total / 32));
    const before = await ask(child);
    let uploading = true;
    let peak = process.memoryUsage().rss;
    const start0 = peak;
    const began = performance.now();
    const upload = client.take(pieces(total)).then((taken) => {
      uploading = false;
      return taken;
    });
    const beside: number[] = [];
    while (uploading) {
      beside.push(...(await latencies(20, () => client.add(1, 1))));
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    expect(await upload).toBe(total);
    const seconds = (performance.now() - began) / 1000;
    const after = await ask(child);
    const told = {
      mibPerSecond: Math.round(1024 / seconds),
      idleP99: p99(idle),
      besideP99: p99(beside),
      calls: beside.length,
      clientGrowthMiB: Math.round((peak - start0) / 2 ** 20),
      serverGrowthMiB: Math.round((after.peak - before.rss) / 2 ** 20),
    };
    console.log("1 GiB upload", told);
    expect(told.clientGrowthMiB).toBeLessThan(64);
    expect(told.serverGrowthMiB).toBeLessThan(64);
    // Three times idle or 5 ms, whichever is more; a machine that does other things besides shows those.
    expect(told.besideP99).toBeLessThan(strict ? Math.max(5, 3 * told.idleP99) : 1_000);
    await client.close();
    child.kill();
  },
  300_000,
);

async function start(name: string, ...args: string[]): Promise<{ child: ChildProcess; port: number }> {
  const path = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
  const child = fork(path, args, { execArgv: ["--expose-gc"] });
  const port = await new Promise<number>((resolve) => child.once("message", (port) => resolve(port as number)));
  return { child, port };
}

function ask(child: ChildProcess): Promise<Measure> {
  return new Promise((resolve) => {
    child.once("message", (measure) => resolve(measure as Measure));
    child.send("measure");
  });
}

async function latencies(count: number, call: () => PromiseLike<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await call();
    times.push(performance.now() - began);
  }
  return times;
}

function p99(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length * 0.99)] ?? 0) * 100) / 100;
}
