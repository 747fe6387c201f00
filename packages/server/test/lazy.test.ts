import { describe, expect, it } from "vitest";
import { z } from "zod";
import { lazy, procedure } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

describe("lazy", () => {
  it("loads a branch once, at its first call; only its own callers wait", async () => {
    let loads = 0;
    let arrive = () => {};
    const api = {
      now: () => "now",
      later: lazy(async () => {
        loads++;
        await new Promise<void>((resolve) => {
          arrive = resolve;
        });
        return { deep: { name: () => "later" } };
      }),
    };
    const { session, remote, end } = wire(api);
    expect([await remote.now(), loads]).toEqual(["now", 0]);
    const waiting = [remote.later.deep.name(), remote.later.deep.name()];
    for (const call of waiting) call.then(undefined, () => {});
    await session.ping();
    expect([await remote.now(), loads]).toEqual(["now", 1]);
    arrive();
    expect([await Promise.all(waiting), await remote.later.deep.name(), loads]).toEqual([
      ["later", "later"],
      "later",
      1,
    ]);
    await end();
  });

  it("takes a module, by its default export or by its exports", async () => {
    const { remote, end } = wire({
      chosen: lazy(() => import("./fixtures/default-router.ts")),
      all: lazy(() => import("./fixtures/named-router.ts")),
    });
    expect([await remote.chosen.hello("ada"), await remote.all.hello("bob")]).toEqual(["hello ada", "hello bob"]);
    await end();
  });

  it("tells its callers when loading fails, and tries again at the next call", async () => {
    let loads = 0;
    const { remote, end } = wire({
      later: lazy(async () => {
        if (++loads === 1) throw new Error("no such file");
        return { name: () => "here" };
      }),
    });
    expect((await failureOf(remote.later.name())).message).toContain("no such file");
    expect(await remote.later.name()).toBe("here");
    await end();
  });

  it("checks what it loaded as serve does", async () => {
    const { remote, end } = wire({ later: lazy(async () => ({ a: { b: 7 } })) });
    expect((await failureOf((remote as never as { later: { a: { b(): Promise<0> } } }).later.a.b())).message).toContain(
      "router.a.b is a number",
    );
    await end();
  });
});

describe("a lazy leaf", () => {
  it("may be a procedure or a function itself, with its types", async () => {
    const { remote: client, end } = wire({
      double: lazy(async () => ({ default: procedure.input(z.number()).handler(({ input }) => input * 2) })),
      add: lazy(async () => ({ default: (a: number, b: number) => a + b })),
    });
    expect(await client.double(4)).toBe(8);
    const sum: number = await client.add(1, 2);
    expect(sum).toBe(3);
    await end();
  });

  it("that loads nothing, or is given what does not load, says so", async () => {
    const { remote: client, end } = wire({ empty: lazy(async () => undefined as never) }, { onError: () => {} });
    await expect(Promise.resolve((client as unknown as { empty: { x(): Promise<void> } }).empty.x())).rejects.toThrow(
      "expected a router, got undefined",
    );
    expect(() => lazy({} as never)).toThrow("expected a function that loads");
    await end();
  });
});
