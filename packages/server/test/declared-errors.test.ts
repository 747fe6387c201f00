import { RpcError } from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { procedure } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

describe("declared errors", () => {
  const api = {
    get: procedure
      .input(z.number())
      .errors({ NOT_FOUND: z.object({ id: z.number() }), GONE: null })
      .handler(async ({ input, errors }) => {
        if (input === 1) throw errors.NOT_FOUND({ id: 1 });
        if (input === 2) throw errors.GONE(undefined, "gone since 1969");
        if (input === 3) throw new RpcError("NOT_FOUND", "by hand", { data: { id: 3 } });
        if (input === 4) throw errors.NOT_FOUND({ id: "secret" } as never);
        if (input === 5) throw new RpcError("ABORTED", "not declared", { data: 5 });
        return input;
      }),
  };

  it("cross with code, data and the word that they are declared, to anybody", async () => {
    const { remote, end } = wire(api, { trusted: false, onError: () => {} });
    expect(await remote.get(0)).toBe(0);
    expect(await failureOf(remote.get(1))).toMatchObject({
      code: "NOT_FOUND",
      message: "not found",
      data: { id: 1 },
      defined: true,
    });
    expect(await failureOf(remote.get(2))).toMatchObject({ code: "GONE", message: "gone since 1969", defined: true });
    expect(await failureOf(remote.get(3))).toMatchObject({ code: "NOT_FOUND", data: { id: 3 }, defined: true });
    expect(await failureOf(remote.get(5))).toMatchObject({ code: "ABORTED", data: 5, defined: false });
    await end();
  });

  it("whose data is not as declared are INTERNAL, with nothing of it", async () => {
    const onError = vi.fn();
    const { remote, end } = wire(api, { trusted: false, onError });
    const error = await failureOf(remote.get(4));
    expect(error).toMatchObject({ code: "INTERNAL", defined: false });
    expect(error.message).not.toContain("secret");
    expect(String(onError.mock.calls[0]?.[0])).toContain("data of error NOT_FOUND.id");
    await end();
  });

  it("of somebody else do not pass for ours", async () => {
    const inner = wire(api);
    const outer = wire(
      {
        ask: procedure.errors({ NOT_FOUND: z.object({ id: z.number() }) }).handler(() => inner.remote.get(1)),
      },
      { trusted: false, onError: () => {} },
    );
    expect(await failureOf(outer.remote.ask())).toMatchObject({ code: "INTERNAL", defined: false });
    await outer.end();
    await inner.end();
  });

  it("are told in the middle of a stream as well", async () => {
    const { remote, end } = wire({
      count: procedure.errors({ TIRED: z.number() }).handler(async function* ({ errors }) {
        yield 1;
        throw errors.TIRED(1);
      }),
    });
    const seen: number[] = [];
    const error = await failureOf(
      (async () => {
        for await (const item of remote.count()) seen.push(item);
      })(),
    );
    expect([seen, error.code, error["data"], error["defined"]]).toEqual([[1], "TIRED", 1, true]);
    await end();
  });
});
