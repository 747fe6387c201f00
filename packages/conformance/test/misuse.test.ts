import { transportPair } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { type ConformanceOptions, runConformance } from "../src/index.ts";

describe("what is used wrongly says what is expected", () => {
  it.each([undefined, {}, { connect: 5 }])("a run of %j", async (options) => {
    await expect(runConformance(options as ConformanceOptions)).rejects.toThrow(/expected { connect }, a function/);
  });

  it.each([undefined, {}, { near: {} }, { near: transportPair()[0], far: 5 }])("a connection of %j", async (made) => {
    const connect = () => made as never;
    await expect(runConformance({ connect, only: "order" })).rejects.toThrow(/expected connect\(\) to give { near }/);
  });

  it("a connect that throws ends the run with what it threw", async () => {
    const connect = () => {
      throw new Error("the port is taken");
    };
    await expect(runConformance({ connect })).rejects.toThrow("the port is taken");
  });
});
