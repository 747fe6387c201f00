import { describe, expect, it } from "vitest";
import { Batches } from "../src/batches.ts";

const never = new AbortController().signal;
const files = (count: number, size: number) =>
  Array.from({ length: count }, (_, index) => ({ path: String(index), size }));

describe("batches", () => {
  it("hand out every file once, in order", async () => {
    const batches = new Batches(2, never);
    await batches.add(files(5000, 10));
    batches.end();
    const all = await drain(batches);
    expect(all.flat().map(({ path }) => Number(path))).toEqual(Array.from({ length: 5000 }, (_, index) => index));
  });

  it("hold many small files or few large ones", async () => {
    const [small, large, huge] = await Promise.all([10, 3_000_000, 1e9].map((size) => first(files(1000, size))));
    expect(small?.length).toBe(64);
    expect(large?.length).toBe(2);
    expect(huge?.length).toBe(1);
  });

  it("grow smaller towards the end, so that all workers finish together", async () => {
    const batches = new Batches(2, never);
    await batches.add(files(200, 10));
    batches.end();
    const lengths = (await drain(batches)).map((batch) => batch.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
    expect(lengths.at(-1)).toBe(1);
  });

  it("make the walk wait while too many are waiting, and go on when there is room", async () => {
    const batches = new Batches(1, never);
    let added = false;
    const adding = batches.add(files(100_001, 1)).then(() => {
      added = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(added).toBe(false);
    await batches.take();
    await adding;
  });

  it("let everyone go when they are cancelled", async () => {
    const cancel = new AbortController();
    const batches = new Batches(1, cancel.signal);
    const waiting = [batches.take(), batches.add(files(200_000, 1)).then(() => batches.take())];
    cancel.abort();
    expect((await Promise.all(waiting)).at(-1)).toBeUndefined();
  });
});

async function drain(batches: Batches) {
  const all = [];
  for (let batch = await batches.take(); batch; batch = await batches.take()) all.push(batch);
  return all;
}

async function first(found: ReturnType<typeof files>) {
  const batches = new Batches(1, never);
  await batches.add(found);
  return batches.take();
}
