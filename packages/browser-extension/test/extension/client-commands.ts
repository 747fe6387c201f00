import type { Client } from "@portolan/client";
import { metaOf } from "@portolan/protocol";
import type { OwnApi } from "./background-api.ts";
import type { Commands } from "./commands.ts";

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
    async bytes(length: number) {
      const began = performance.now();
      const bytes = await remote.bytes(length);
      return { length: bytes.length, kind: bytes.constructor.name, ms: performance.now() - began };
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
