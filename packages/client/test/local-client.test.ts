import { describe, expect, it } from "vitest";
import { createLocalClient, stats } from "../src/index.ts";
import { failureOf } from "./wire.ts";

interface Api {
  user: { get(id: number): Promise<{ id: number; tags: string[] }>; all(): AsyncIterable<number> };
  who(): Promise<string>;
}

describe("createLocalClient", () => {
  it("F-32 is the real machinery: values are copied, streams are streams, and errors have a cause", async () => {
    const tags = ["a"];
    await using client = createLocalClient({
      get: (id: number) => ({ id, tags }),
      all: async function* () {
        yield* [1, 2, 3];
      },
      fail: () => {
        throw new RangeError("no");
      },
    });
    const user = await client.get(7);
    expect(user).toEqual({ id: 7, tags });
    expect(user.tags).not.toBe(tags);
    const seen: number[] = [];
    for await (const item of client.all()) seen.push(item);
    expect(seen).toEqual([1, 2, 3]);
    expect((await failureOf(client.fail())).cause).toBeInstanceOf(RangeError);
    expect(stats(client)).toMatchObject({ calls: { inFlight: 0 }, streams: 0, stubs: 0 });
  });

  it("F-32 mocks any part of an API; what is missing is UNIMPLEMENTED", async () => {
    await using client = createLocalClient<Api>({ user: { get: (id) => ({ id, tags: [] }) } });
    expect(await client.user.get(1)).toEqual({ id: 1, tags: [] });
    expect(await failureOf(client.who())).toMatchObject({ code: "UNIMPLEMENTED", delivered: "no" });
  });

  it("gives handlers a context, and behaves as towards strangers where asked", async () => {
    await using client = createLocalClient(
      {
        who(this: { context: { user: string } }) {
          return this.context.user;
        },
        fail: () => Promise.reject(new Error("secret")),
      },
      { context: { user: "ada" }, trusted: false, serving: { onError: () => {} } },
    );
    expect(await client.who()).toBe("ada");
    const error = await failureOf(client.fail());
    expect(error).not.toHaveProperty("cause");
    expect(error.message).not.toContain("secret");
  });
});
