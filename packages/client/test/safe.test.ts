import { markDefined, RpcError } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { isDefinedError, safe } from "../src/index.ts";
import { wire } from "./wire.ts";

const api = {
  ok: () => 7,
  declared: () => {
    throw markDefined(new RpcError("NOT_FOUND", "nobody", { data: { id: 1 } }));
  },
  undeclared: () => {
    throw new RpcError("NOT_FOUND", "nobody");
  },
  boom: () => {
    throw new Error("boom");
  },
};

describe("safe", () => {
  it("O-27 tells how a call went, as an object and as a pair, and never rejects", async () => {
    const { client, end } = wire(api);
    const { error, data, isDefined } = await safe(client.ok());
    expect([error, data, isDefined]).toEqual([null, 7, false]);
    const [none, value] = await safe(client.ok());
    expect([none, value]).toEqual([null, 7]);
    const failed = await safe(client.boom());
    expect(failed.error).toBe(failed[0]);
    expect(failed).toMatchObject({ data: undefined, isDefined: false, error: { code: "INTERNAL" } });
    await end();
  });

  it("tells declared errors, of whatever code, from all others", async () => {
    const { client, end } = wire(api, { trusted: false });
    const declared = await safe(client.declared());
    expect([declared.isDefined, isDefinedError(declared.error)]).toEqual([true, true]);
    expect(declared.error).toMatchObject({ code: "NOT_FOUND", data: { id: 1 } });
    const undeclared = await safe(client.undeclared());
    expect([undeclared.isDefined, isDefinedError(undeclared.error)]).toEqual([false, false]);
    expect(isDefinedError(new TypeError("no"))).toBe(false);
    await end();
  });

  it("makes an RpcError of whatever a promise rejects with", async () => {
    const { error } = await safe(Promise.reject("text"));
    expect(error).toMatchObject({ code: "INTERNAL", cause: "text" });
  });
});
