import { errorCodes } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { closeFrameOf, reasonOfClose } from "../src/close-code.ts";

describe("close codes", () => {
  it("every code of ours crosses and comes back, in a range that browsers let us use", () => {
    for (const code of errorCodes) {
      const frame = closeFrameOf({ code, message: "why", by: "local" });
      expect(frame.code).toBeGreaterThanOrEqual(4000);
      expect(frame.code).toBeLessThan(5000);
      expect(reasonOfClose(frame)).toEqual({ code, message: "why", by: "remote" });
    }
  });

  it("OK is 1000, and a code that a router declared crosses with its name", () => {
    expect(closeFrameOf({ code: "OK", message: "bye", by: "local" })).toEqual({ code: 1000, reason: "bye" });
    expect(reasonOfClose({ code: 1000, reason: "" })).toEqual({
      code: "OK",
      message: "the other end closed",
      by: "remote",
    });
    const declared = closeFrameOf({ code: "OUT_OF_TEA", message: "at four\no'clock", by: "local" });
    expect(reasonOfClose(declared)).toEqual({ code: "OUT_OF_TEA", message: "at four\no'clock", by: "remote" });
  });

  it("the standard's own codes become typed reasons, and unknown ones UNAVAILABLE", () => {
    const codes = [1001, 1002, 1006, 1007, 1008, 1009, 1011, 3000, 4000, 4099, 4999, -1, Number.NaN];
    expect(codes.map((code) => reasonOfClose({ code, reason: "x" }).code)).toEqual([
      "UNAVAILABLE",
      "PROTOCOL_ERROR",
      "UNAVAILABLE",
      "PROTOCOL_ERROR",
      "PERMISSION_DENIED",
      "RESOURCE_EXHAUSTED",
      "INTERNAL",
      "UNAVAILABLE",
      "UNAVAILABLE",
      "UNAVAILABLE",
      "UNAVAILABLE",
      "UNAVAILABLE",
      "UNAVAILABLE",
    ]);
  });

  it("a reason has at most 123 bytes and never half a code point", () => {
    for (const text of ["a".repeat(500), "é".repeat(100), "€".repeat(100), "🌊".repeat(100), "a🌊".repeat(100)]) {
      const { reason } = closeFrameOf({ code: "INTERNAL", message: text, by: "local" });
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
      expect(Buffer.byteLength(reason)).toBeGreaterThan(119);
      expect(Buffer.from(reason).toString()).toBe(reason);
      expect(text.startsWith(reason)).toBe(true);
    }
  });
});
