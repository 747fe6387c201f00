import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, it } from "vitest";
import { carryContext, transfer } from "../src/index.ts";

const who = new AsyncLocalStorage<string>();
type Stream = AsyncGenerator<unknown, unknown, unknown>;

/** A generator that says where it runs, made where `who` is "ada". */
function carried(log: unknown[] = []): Stream {
  return who.run("ada", () =>
    carryContext(
      (async function* () {
        try {
          log.push(`began as ${who.getStore()}`);
          for (let i = 1; ; i++) {
            const sent: unknown = yield [i, who.getStore()];
            if (sent !== undefined) log.push(sent);
          }
        } catch (error) {
          log.push(`${error} as ${who.getStore()}`);
          return "caught";
        } finally {
          log.push(`ended as ${who.getStore()}`);
        }
      })(),
    ),
  ) as Stream;
}

describe("a stream that carries the context in which it was made", () => {
  it("runs its producer there, whoever asks: items, what is sent in, errors thrown in, and the end", async () => {
    const log: unknown[] = [];
    const stream = carried(log);
    await who.run("bob", async () => {
      expect(await stream.next()).toEqual({ done: false, value: [1, "ada"] });
      expect(await Promise.all([stream.next("a"), stream.next("b")])).toEqual([
        { done: false, value: [2, "ada"] },
        { done: false, value: [3, "ada"] },
      ]);
      expect(await stream.throw("no")).toEqual({ done: true, value: "caught" });
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      expect(who.getStore()).toBe("bob");
    });
    expect(log).toEqual(["began as ada", "a", "b", "no as ada", "ended as ada"]);
  });

  it("ends its producer once, and does not begin one that nobody asked", async () => {
    const log: unknown[] = [];
    const stream = carried(log);
    for await (const _ of stream) break;
    expect(await stream.return("again")).toEqual({ done: true, value: "again" });
    expect(log).toEqual(["began as ada", "ended as ada"]);
    const unread: unknown[] = [];
    expect(await carried(unread).return(7)).toEqual({ done: true, value: 7 });
    expect(unread).toEqual([]);
  });

  it("passes on what its producer throws, and is over then", async () => {
    const stream = carryContext(
      (async function* () {
        yield 1;
        throw new RangeError("torn");
      })(),
    ) as Stream;
    const seen: unknown[] = [];
    await expect(
      (async () => {
        for await (const item of stream) seen.push(item);
      })(),
    ).rejects.toThrow("torn");
    expect([seen, await stream.next()]).toEqual([[1], { done: true, value: undefined }]);
  });

  it("leaves everything else as it is", () => {
    const values = [undefined, null, 7, "text", {}, [1], new ReadableStream(), transfer(new Uint8Array(1)), () => 1];
    for (const value of values) expect(carryContext(value)).toBe(value);
  });

  it("is collected when it was abandoned in the middle", async () => {
    const reference = await (async () => {
      const stream = carried();
      await stream.next();
      return new WeakRef(stream);
    })();
    for (let i = 0; i < 20 && reference.deref(); i++) {
      await new Promise(setImmediate);
      globalThis.gc?.();
    }
    expect(reference.deref()).toBeUndefined();
  });
});
