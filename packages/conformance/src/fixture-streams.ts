import type { StreamingApi } from "./fixture-api.ts";
import type { FixtureState } from "./fixture-state.ts";

/** The streams of the far side. */
export function streamingApi(state: FixtureState): StreamingApi {
  return {
    numbers: (n, key) => numbers(state, n, key),
    failing,
    endless: (key) => endless(state, key),
    silent: (key) => silent(state, key),
    sum: async (items) => {
      let sum = 0;
      for await (const item of items) sum += item;
      return sum;
    },
    take,
    drainAll,
    ignore: async () => {},
    double,
    readable,
    gather: async (stream) => {
      const items: unknown[] = [];
      const reader = stream.getReader();
      for (let step = await reader.read(); !step.done; step = await reader.read()) items.push(step.value);
      return items;
    },
    sink: () =>
      new WritableStream({
        write: (item: unknown) => void state.log.push(item),
        close: () => void state.log.push("closed"),
        abort: () => void state.log.push("aborted"),
      }) as StreamOf,
    fill: async (stream, n) => {
      const writer = (stream as StreamOf).getWriter();
      for (let item = 0; item < n; item++) await writer.write(item);
      await writer.close();
    },
  };
}

type StreamOf = WritableStream<unknown>;

async function* numbers(state: FixtureState, n: number, key: string): AsyncGenerator<number, string> {
  try {
    for (let item = 0; item < n; item++) yield item;
    return "end";
  } finally {
    state.count(`finally ${key}`);
  }
}

async function* failing(n: number): AsyncGenerator<number, never> {
  for (let item = 0; item < n; item++) yield item;
  throw new RangeError("the stream broke");
}

async function* endless(state: FixtureState, key: string): AsyncGenerator<number, never> {
  try {
    for (let item = 0; ; item++) {
      state.count(key);
      yield item;
    }
  } finally {
    state.count(`finally ${key}`);
  }
}

async function* silent(state: FixtureState, key: string): AsyncGenerator<never, never> {
  try {
    return await new Promise<never>(() => {});
  } finally {
    state.count(`finally ${key}`);
  }
}

async function take(items: AsyncIterable<unknown>, n: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === n) break;
  }
  return taken;
}

async function drainAll(items: AsyncIterable<unknown>): Promise<{ items: unknown[]; end: string }> {
  const got: unknown[] = [];
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await iterator.next();
      if (step.done) return { items: got, end: `returned ${String(step.value)}` };
      got.push(step.value);
    }
  } catch (error) {
    return { items: got, end: `threw ${(error as { code?: string }).code ?? String(error)}` };
  }
}

async function* double(items: AsyncIterable<number>): AsyncGenerator<number, void> {
  for await (const item of items) yield item * 2;
}

function readable(n: number): ReadableStream {
  let item = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (item < n) controller.enqueue(item++);
      else controller.close();
    },
  });
}
