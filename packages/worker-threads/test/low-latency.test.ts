import { Worker } from "node:worker_threads";
import { createClient } from "@portolan/client";
import { describe, expect, it, vi } from "vitest";
import { workerTransport } from "../src/index.ts";
import type { LowLatencyApi } from "./fixtures/low-latency.mjs";
import { portsHeld } from "./left.ts";

const fixture = new URL("./fixtures/low-latency.mjs", import.meta.url);

describe.each([
  ["at both ends", true, true],
  ["here alone", true, false],
  ["over there alone", false, true],
])("a worker with low latency %s", (_where, here, there) => {
  it("loses nothing, changes no order, and lets both threads sleep when it is done", async () => {
    const worker = () => new Worker(fixture, { workerData: { lowLatency: there } });
    const client = createClient<LowLatencyApi>(workerTransport(worker, { lowLatency: here }));
    const many = Array.from({ length: 300 }, (_, index) => index);
    const oneByOne: number[] = [];
    for (const number of many) oneByOne.push(await client.echo(number));
    expect(oneByOne).toEqual(many);
    expect(await Promise.all(many.map((index) => client.echo(index)))).toEqual(many);

    const items: number[] = [];
    for await (const item of client.count(300)) items.push(item);
    expect(items).toEqual(many);

    const steps: number[] = [];
    await client.each(300, (step) => void steps.push(step));
    expect(steps).toEqual(many);

    await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain("Immediate"));
    await vi.waitFor(async () => expect(await client.resources()).not.toContain("Immediate"));
    await client.close();
    await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  });

  it("lets timers and immediates of both threads run beside calls that follow one another", async () => {
    const worker = () => new Worker(fixture, { workerData: { lowLatency: there } });
    const client = createClient<LowLatencyApi>(workerTransport(worker, { lowLatency: here }));
    let immediates = 0;
    let timers = 0;
    let going = true;
    const immediate = () => {
      immediates++;
      if (going) setImmediate(immediate);
    };
    const timer = () => {
      timers++;
      if (going) setTimeout(timer);
    };
    await client.startCounting();
    immediate();
    timer();
    let calls = 0;
    for (; timers < 5 || calls < 100; calls++) await client.echo(calls);
    going = false;
    const over = await client.counted();
    // Each call is at least one turn of either loop, and each turn runs what waits for it.
    expect(immediates).toBeGreaterThanOrEqual(calls / 2);
    expect(over.immediates).toBeGreaterThanOrEqual(calls / 2);
    expect(over.timers).toBeGreaterThan(0);
    await client.close();
    await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  });
});
