import type { Client } from "@portolan/client";
import { metaOf } from "@portolan/protocol";
import type { OwnApi } from "./background-api.ts";
import type { Commands } from "./commands.ts";
import { isLargeValue, type LargeKind, largeValue } from "./large-values.ts";

/** The values that must cross exactly, whatever the port carries. */
function manyValues(): unknown[] {
  const cycle: Record<string, unknown> = { name: "cycle" };
  cycle["self"] = cycle;
  return [
    undefined,
    Number.NaN,
    -0,
    12n,
    new Date(5),
    new Map([["a", new Set([1])]]),
    new Uint8Array([1, 2, 3]),
    cycle,
    [undefined, null],
  ];
}

function describeValue(value: unknown): string {
  if (typeof value === "object" && value !== null && (value as { self?: unknown }).self === value)
    return "cycle of itself";
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (value instanceof Map || value instanceof Set) return `${kind}(${[...value].flat().map(describeValue)})`;
  if (ArrayBuffer.isView(value)) return `${kind}(${[...(value as Uint8Array)]})`;
  if (Array.isArray(value)) return `[${value.map(describeValue)}]`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  return `${kind} ${Object.is(value, -0) ? "-0" : String(value)}`;
}

/** What every context can be told to do with its client of the background. */
export function clientCommands(remote: Client<OwnApi>): Commands {
  return {
    call: (path: string, ...args: unknown[]) =>
      (remote as unknown as Record<string, (...args: unknown[]) => unknown>)[path]?.(...args),
    async exact() {
      const values = manyValues();
      const back = (await remote.echo(values)) as unknown[];
      return { sent: values.map(describeValue), back: back.map(describeValue) };
    },
    /** Sends a large value and takes it back. */
    async largeThereAndBack(kind: LargeKind, size: number) {
      const value = largeValue(kind, size);
      const began = performance.now();
      const back = await remote.echo(value);
      const ms = performance.now() - began;
      return { same: isLargeValue(back, kind, size), ms };
    },
    /** Takes a large value. */
    async largeFromThere(kind: LargeKind, size: number) {
      return { same: isLargeValue(await remote.large(kind, size), kind, size) };
    },
    /** Times bytes from the background, by a call and by hand: the medians of some rounds, in milliseconds. */
    async bytes(length: number, rounds: number) {
      const ours: number[] = [];
      const raw: number[] = [];
      const ask = rawBytes();
      let whole = true;
      for (let round = 0; round < rounds; round++) {
        let began = performance.now();
        const bytes = await remote.bytes(length);
        ours.push(performance.now() - began);
        whole &&= bytes instanceof Uint8Array && bytes.length === length && bytes.every((byte) => byte === 7);
        began = performance.now();
        await ask(length);
        raw.push(performance.now() - began);
      }
      return { whole, ours: median(ours), raw: median(raw) };
    },
    /** Reads a stream to its end, going on behind the last id whenever the way is lost. */
    async numbers(count: number) {
      const seen: number[] = [];
      let resumed = 0;
      while (seen.length < count) {
        try {
          const stream = await remote.numbers(seen.at(-1) ?? 0, count);
          for await (const number of stream) {
            if (metaOf(stream)?.id !== String(number)) throw new TypeError("an item without its id");
            seen.push(number);
          }
        } catch (error) {
          if ((error as { code?: string }).code !== "UNAVAILABLE") throw error;
          resumed++;
        }
      }
      return { right: seen.every((number, index) => number === index + 1), length: seen.length, resumed };
    },
  };
}

function rawBytes(): (length: number) => Promise<unknown> {
  const { runtime } = (globalThis as unknown as { chrome: { runtime: { connect(info: object): RawPort } } }).chrome;
  const port = runtime.connect({ name: "raw" });
  let answered: (bytes: unknown) => void = () => {};
  port.onMessage.addListener((bytes) => answered(bytes));
  return (length) =>
    new Promise((resolve) => {
      answered = resolve;
      port.postMessage(length);
    });
}

interface RawPort {
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  postMessage(message: unknown): void;
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}
