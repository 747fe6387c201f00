import { Worker } from "node:worker_threads";
import { type Client, createClient, withOptions } from "@portolan/client";
import { workerTransport } from "@portolan/worker-threads";
import type { Batches } from "./batches.ts";
import type { Reading } from "./reading.ts";
import type { Work } from "./work.ts";

/** Each worker has its next batch at hand while it works on one. */
const batchesAtOnce = 2;

/**
 * Hands the batches to one worker per thread, until there are none left. The workers end with it.
 *
 * Rejects with CANCELLED in the turn in which `signal` aborts, and with UNAVAILABLE when a worker dies.
 */
export async function workThrough(reading: Reading, batches: Batches, signal: AbortSignal): Promise<void> {
  const crew = Array.from({ length: reading.threads }, hire);
  try {
    await Promise.all(
      crew.map((worker) => {
        const cancellable = withOptions(worker, { signal });
        return Promise.all(Array.from({ length: batchesAtOnce }, () => takeTurns(cancellable, reading, batches)));
      }),
    );
  } finally {
    await Promise.all(crew.map((worker) => worker.close()));
  }
}

function hire(): Client<Work> {
  return createClient<Work>(workerTransport(() => new Worker(new URL("./worker.js", import.meta.url))));
}

async function takeTurns(worker: Client<Work>, reading: Reading, batches: Batches): Promise<void> {
  const onProgress = (files: number, bytes: number) => {
    reading.calls.back++;
    reading.done.files += files;
    reading.done.bytes += bytes;
  };
  for (let batch = await batches.take(); batch !== undefined; batch = await batches.take()) {
    reading.calls.made++;
    const paths = batch.map((file) => file.path);
    for (const outcome of await worker.read(paths, onProgress)) reading.catalog.add(outcome);
  }
}
