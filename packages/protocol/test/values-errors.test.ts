import { describe, expect, it } from "vitest";
import { RpcError } from "../src/error.ts";
import { errorFromValue, errorToValue } from "../src/error-wire.ts";
import { cross, levels } from "./values-carrier.ts";

class NotFound extends TypeError {
  override name = "NotFound";
  readonly id: number;
  constructor(id: number) {
    super(`no ${id}`);
    this.id = id;
  }
}

describe.each(levels)("an error that crosses by %s", (level) => {
  const round = <T>(value: T, trusted = true) => cross(level, value, { trusted }) as T;

  it.each([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])(
    "is revived as its class: %o",
    (Class) => {
      const copy = round(new Class("m"));
      expect(copy).toBeInstanceOf(Class);
      expect(copy.constructor).toBe(Class);
      expect([copy.name, copy.message]).toStrictEqual([Class.name, "m"]);
      expect(Object.keys(copy)).toStrictEqual([]);
    },
  );

  it("keeps its stack towards trusted peers only", () => {
    const error = new Error("m");
    expect(round(error).stack).toBe(error.stack);
    expect(round(error, false).stack).toBe("Error: m");
  });

  it("keeps its tree: cause, AggregateError and cycles", () => {
    const inner = new RangeError("inner");
    const error = new AggregateError([inner, 7, undefined], "outer", { cause: { inner } });
    inner.cause = error;
    const copy = round(error);
    expect(copy).toBeInstanceOf(AggregateError);
    expect(copy.errors).toHaveLength(3);
    expect(copy.errors.slice(1)).toStrictEqual([7, undefined]);
    expect((copy.cause as { inner: unknown }).inner).toBe(copy.errors[0]);
    expect((copy.errors[0] as Error).cause).toBe(copy);
    expect(Object.keys(copy)).toStrictEqual([]);
  });

  it("tells a cause that is undefined from no cause", () => {
    expect("cause" in round(new Error("a", { cause: undefined }))).toBe(true);
    expect("cause" in round(new Error("a"))).toBe(false);
  });

  it("keeps its own properties, and the name of a class that is not known there", () => {
    const error = Object.assign(new NotFound(3), {
      code: "ENOENT",
      when: new Date(1),
      nested: { map: new Map([[1, undefined]]) },
    });
    const copy = round(error);
    expect(copy).toBeInstanceOf(TypeError);
    expect({ ...copy }).toStrictEqual({ ...error });
    expect(copy.name).toBe("NotFound");
    expect(String(copy)).toBe("NotFound: no 3");
  });

  it("keeps a name that is not its class's hidden when it was", () => {
    const error = Object.defineProperty(new Error("m"), "name", { value: "Custom" });
    const copy = round(error);
    expect(copy.name).toBe("Custom");
    expect(Object.keys(copy)).toStrictEqual([]);
  });

  it("may be a DOMException", () => {
    const copy = round(new DOMException("m", "AbortError"));
    expect(copy).toBeInstanceOf(DOMException);
    expect([copy.name, copy.message, copy.code]).toStrictEqual(["AbortError", "m", 20]);
  });

  it("may be an RpcError", () => {
    const copy = round(new RpcError("NOT_FOUND", "m", { data: { id: 1n }, cause: 0, delivered: "yes" }));
    expect(RpcError.is(copy)).toBe(true);
    expect(copy).toMatchObject({ code: "NOT_FOUND", message: "m", data: { id: 1n }, delivered: "yes", cause: 0 });
  });
});

describe("what a rejection says", () => {
  const told = (thrown: unknown, expose: boolean) => {
    const value = errorToValue(thrown, { expose, reference: "r1" });
    return errorFromValue(cross("json", value, { trusted: expose }));
  };

  it("an error made by the handler crosses to anyone, with code, message and data", () => {
    const error = new RpcError("NOT_FOUND", "no user", {
      data: { id: 1 },
      cause: new Error("secret"),
      delivered: "yes",
    });
    const stranger = told(error, false);
    expect(stranger).toMatchObject({ code: "NOT_FOUND", message: "no user", data: { id: 1 }, delivered: "yes" });
    expect("cause" in stranger).toBe(false);
    expect(stranger.stack).not.toContain("(remote)");
    expect(told(error, true).cause).toMatchObject({ message: "secret" });
  });

  it("anything else is INTERNAL towards strangers, with nothing of the original", () => {
    for (const thrown of [Object.assign(new Error("secret"), { code: "ENOENT" }), "secret", { secret: 1 }, undefined]) {
      const value = errorToValue(thrown, { expose: false, reference: "r1" });
      expect(value).toStrictEqual({ code: "INTERNAL", message: "internal error (reference r1)" });
    }
  });

  it("anything else is INTERNAL with its cause towards trusted peers, even what is no error", () => {
    expect(told(new TypeError("bad"), true)).toMatchObject({ code: "INTERNAL", message: "TypeError: bad" });
    expect(told(new TypeError("bad"), true).cause).toBeInstanceOf(TypeError);
    for (const thrown of [undefined, null, 0, "text", { a: 1n }]) {
      const error = told(thrown, true);
      expect("cause" in error).toBe(true);
      expect(error.cause).toStrictEqual(thrown);
    }
  });

  it("an abort is CANCELLED and a timeout DEADLINE_EXCEEDED, to anyone", () => {
    for (const expose of [true, false]) {
      expect(told(new DOMException("secret", "AbortError"), expose).code).toBe("CANCELLED");
      expect(told(new DOMException("secret", "TimeoutError"), expose).code).toBe("DEADLINE_EXCEEDED");
    }
    expect(told(new DOMException("secret", "AbortError"), false).message).not.toContain("secret");
  });

  it("what a peer told us is not told to strangers", () => {
    const received = told(new RpcError("NOT_FOUND", "secret", { data: "secret" }), true);
    expect(errorToValue(received, { expose: false })).toStrictEqual({
      code: "INTERNAL",
      message: "internal error (reference none)",
    });
    expect(told(received, true)).toMatchObject({ code: "NOT_FOUND", message: "secret", data: "secret" });
  });

  it("the sender's word on delivery counts", () => {
    const error = new RpcError("NOT_FOUND", "m", { delivered: "no" });
    expect(errorFromValue(errorToValue(error, { expose: true, delivered: "yes" })).delivered).toBe("yes");
  });

  it("the second attempt keeps what primitives can tell", () => {
    const thrown = Object.assign(new TypeError("bad"), { code: "ENOENT", socket: new WeakMap() });
    expect(() => told(thrown, true)).toThrow(/cannot cross/);
    const error = errorFromValue(cross("json", errorToValue(thrown, { expose: true, lean: true })));
    expect(error.cause).toMatchObject({ message: "TypeError: bad", code: "ENOENT" });
    expect((error.cause as Error).stack).toContain("values-errors.test.ts");
  });

  it("the stack shows this side, then the other", () => {
    const error = told(new TypeError("bad"), true);
    const lines = String(error.stack).split("\n");
    expect(lines[0]).toBe("RpcError: TypeError: bad");
    const remote = lines.findIndex((line) => line.startsWith("    (remote) at "));
    expect(remote).toBeGreaterThan(1);
    expect(lines.slice(1, remote).every((line) => line.startsWith("    at "))).toBe(true);
    expect(lines.slice(remote).every((line) => line.startsWith("    (remote) at "))).toBe(true);
    expect(Object.keys(error)).not.toContain("stack");
  });

  it("foreign data that is no error becomes one", () => {
    for (const value of [
      undefined,
      null,
      1,
      [],
      {},
      { code: 1, message: 2 },
      { code: "X", message: {}, cause: null, stack: 3 },
    ]) {
      expect(RpcError.is(errorFromValue(value))).toBe(true);
    }
  });
});
