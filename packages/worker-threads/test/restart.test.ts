import { Worker } from "node:worker_threads";
import { createClient } from "@portolan/client";
import { defineConnector, RpcError } from "@portolan/protocol";
import { expect, it, vi } from "vitest";
import { workerTransport } from "../src/index.ts";
import { listenersOf, portsHeld } from "./left.ts";

interface Counting {
  mark(token: number): number;
}

it("F20 a worker that is killed again and again is replaced, and no call runs twice", {
  timeout: 120_000,
}, async () => {
  const calls = 4000;
  const counters = new Int32Array(new SharedArrayBuffer(calls * 4));
  const workers: Worker[] = [];
  const newWorker = () => {
    const worker = new Worker(new URL("./fixtures/counting.mjs", import.meta.url), { workerData: { counters } });
    workers.push(worker);
    return worker;
  };
  const connector = defineConnector(() => workerTransport(newWorker), { backoff: { first: 1, longest: 10 } });
  const client = createClient<Counting>(connector);

  const fates: Promise<unknown>[] = [];
  for (let token = 0; token < calls; token++) {
    fates.push(client.mark(token).then(undefined, (error: unknown) => error));
    // Ten calls a turn; each worker lives to answer one of them, and dies while some hundred are under way.
    if (token % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
    if (token % 400 === 299) await Promise.any(fates.slice(-300).map(answered));
    if (token % 400 === 399) await workers.at(-1)?.terminate();
  }
  const settled = await Promise.all(fates);

  expect(workers.length).toBeGreaterThanOrEqual(10);
  for (const [token, fate] of settled.entries()) {
    const times = counters[token];
    if (fate === token) expect(times).toBe(1);
    else {
      expect(RpcError.is(fate) && fate.code).toBe("UNAVAILABLE");
      if ((fate as RpcError).delivered === "no") expect(times).toBe(0);
      else expect(times).toBeLessThanOrEqual(1);
    }
  }
  expect(settled.filter((fate) => typeof fate === "number").length).toBeGreaterThan(0);

  await client.close();
  await vi.waitFor(() => expect(portsHeld()).toEqual([]));
  await vi.waitFor(() => expect(workers.map(listenersOf).filter((count) => count > 0)).toEqual([]));
});

async function answered(fate: Promise<unknown>): Promise<void> {
  const settled = await fate;
  if (typeof settled !== "number") throw settled;
}
