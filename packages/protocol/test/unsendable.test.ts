import { describe, expect, it } from "vitest";
import { withMeta } from "../src/index.ts";
import { open, promised, turns, withOptions } from "./sessions.ts";

describe("a call whose arguments make calls of their own", () => {
  it("leaves after them, and the session lives", async () => {
    const pair = open({ echo: (value: unknown) => value });
    let inner: Promise<unknown> | undefined;
    const argument = {
      get asked() {
        inner ??= pair.remote.echo("inner");
        return 1;
      },
    };
    expect(await pair.remote.echo(argument)).toEqual({ asked: 1 });
    expect(await inner).toBe("inner");
    await pair.done();
  });
});

describe("options that no peer takes", () => {
  it.each([
    ["timeout", { timeout: Number.NaN }],
    ["timeout", { timeout: -1 }],
    ["key", { key: "k".repeat(257) }],
  ])("reject the call (%s), and leave the session open", async (name, options) => {
    const pair = open({ echo: (value: unknown) => value });
    const echo = withOptions(pair.remote.echo, options);
    await expect(promised(echo(1))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      delivered: "no",
      message: expect.stringContaining(name),
    });
    expect(await pair.remote.echo(2)).toBe(2);
    await pair.done();
  });

  it("a timeout without end is none", async () => {
    const pair = open({ echo: (value: unknown) => value });
    const echo = withOptions(pair.remote.echo, { timeout: Number.POSITIVE_INFINITY });
    expect(await echo(2)).toBe(2);
    await pair.done();
  });

  it("a path that is too long rejects its call alone, even when it waits for a place", async () => {
    let release = () => {};
    const pair = open(
      {
        wait: () =>
          new Promise<void>((resolve) => {
            release = resolve;
          }),
        echo: (it: unknown) => it,
      },
      { server: { limits: { calls: 1 } } },
    );
    await pair.client.ready;
    const waiting = pair.remote.wait();
    const long = pair.remote.a.b.c.d.e.f.g.h.i(1);
    const after = pair.remote.echo(1);
    await expect(promised(long)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await turns();
    release();
    await waiting;
    expect(await after).toBe(1);
    await pair.done();
  });

  it("meta that no peer takes is refused where it is made", () => {
    expect(() => withMeta(1, { id: "x".repeat(1025) })).toThrow(TypeError);
    expect(() => withMeta(1, { retry: 0.5 })).toThrow(TypeError);
  });
});

describe("what cannot be sent after all", () => {
  it("settles a promise that was an argument", async () => {
    const pair = open(
      { take: (value: Promise<unknown>) => value.catch(({ code }) => code) },
      {
        traits: { carries: "text", trusted: false },
        server: { limits: { message: 1000 } },
        client: { onError: () => {} },
      },
    );
    const large = new Promise((resolve) => setImmediate(() => resolve("x".repeat(2000))));
    expect(await pair.remote.take(large)).toBe("RESOURCE_EXHAUSTED");
    await pair.done();
  });

  it("rejects a call whose error is too large to be told", async () => {
    const pair = open(
      {
        fail() {
          throw Object.assign(new Error("x".repeat(5000)), {});
        },
      },
      {
        traits: { carries: "text", trusted: false },
        server: { exposeErrors: true, onError: () => {} },
        client: { limits: { message: 1000 } },
      },
    );
    await expect(promised(pair.remote.fail())).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    await pair.done();
  });
});
