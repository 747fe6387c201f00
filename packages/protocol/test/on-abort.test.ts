import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { onAbort, type RpcError } from "../src/index.ts";
import { open, promised, turns, withOptions } from "./sessions.ts";

describe("a signal that many wait for", () => {
  it("has one listener while anybody waits, and none afterwards", () => {
    const { signal } = new AbortController();
    const stops = Array.from({ length: 20 }, () => onAbort(signal, () => {}));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    for (const stop of stops) {
      stop();
      stop();
    }
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("tells each once, but those who have stopped, also meanwhile", () => {
    const controller = new AbortController();
    const told: string[] = [];
    onAbort(controller.signal, () => {
      told.push("first");
      stopThird();
    });
    const stopSecond = onAbort(controller.signal, () => told.push("second"));
    const stopThird = onAbort(controller.signal, () => told.push("third"));
    const twice = () => void told.push("twice");
    onAbort(controller.signal, twice);
    onAbort(controller.signal, twice);
    stopSecond();
    controller.abort();
    expect(told).toEqual(["first", "twice", "twice"]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("aborts a hundred calls and streams of theirs, and no platform warns of a leak", async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => void warnings.push(warning);
    process.on("warning", warned);
    const pair = open({
      never: () => new Promise(() => {}),
      count: async function* () {
        yield* [1, 2];
        await new Promise(() => {});
      },
    });
    const controller = new AbortController();
    const remote = withOptions(pair.remote, { signal: controller.signal });
    const calls = Array.from({ length: 100 }, () => promised<unknown>(remote.never()));
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => promised<AsyncIterator<number>>(remote.count())),
    );
    for (const stream of streams) expect((await stream.next()).value).toBe(1);
    const settled = Promise.allSettled(calls);
    controller.abort("enough");
    for (const each of await settled) expect((each as PromiseRejectedResult).reason.code).toBe("CANCELLED");
    for (const stream of streams) expect(await stream.next().catch((error: RpcError) => error.code)).toBe("CANCELLED");
    await turns();
    process.off("warning", warned);
    expect(warnings).toEqual([]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    await pair.client.close();
    await pair.server.closed;
  });
});
