import { describe, expect, it } from "vitest";
import { RpcError } from "../src/error.ts";
import { pack } from "../src/values/pack.ts";
import { cross, type Level, levels, packing } from "./values-carrier.ts";

class Sample {}
class Numbers extends Array<number> {}
class Cache extends Map<string, number> {}

function refusalOf(level: Level, value: unknown, options = {}): RpcError {
  try {
    pack(value, packing(level, { root: "args", ...options }));
  } catch (error) {
    if (RpcError.is(error)) return error;
    throw error;
  }
  return expect.unreachable("it was packed");
}

describe.each(levels)("a value that cannot cross by %s", (level) => {
  it.each<[string, unknown, RegExp]>([
    ["an instance", new Sample(), /an instance of Sample; .*registerClass\(\).*proxy\(\)/],
    ["an instance of a subclass of Array", Numbers.of(1), /an instance of Numbers/],
    ["an instance of a subclass of Map", new Cache(), /an instance of Cache/],
    ["a URL", new URL("http://x.y"), /an instance of URL/],
    ["Headers", new Headers(), /an instance of Headers/],
    ["a WeakMap", new WeakMap(), /an instance of WeakMap/],
    ["a WeakRef", new WeakRef({}), /an instance of WeakRef/],
    ["a thing with a prototype of its own", Object.create({ a: 1 }), /send what you need of it/],
    ["Math", Math, /calls itself Math/],
    [
      "the arguments of a function",
      (function () {
        // biome-ignore lint/complexity/noArguments: it is what is tested
        return arguments;
      })(),
      /calls itself Arguments/,
    ],
    ["a unique symbol", Symbol("x"), /unique to this process/],
    ["a MessagePort", new MessageChannel().port1, /a MessagePort has to be moved; mark it with transfer\(\)/],
    ["a TransformStream", new TransformStream(), /mark it with transfer\(\)/],
    ["a Map with a property", Object.assign(new Map(), { extra: 1 }), /own property "extra"/],
    ["a Date with a property", Object.assign(new Date(), { extra: 1 }), /own property "extra"/],
  ])("is refused with its path and a remedy: %s", (_title, value, message) => {
    const error = refusalOf(level, [{ user: { "first name": value } }]);
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", delivered: "no" });
    expect(error.message).toMatch(/^args\[0\]\.user\["first name"\] cannot cross: /);
    expect(error.message).toMatch(message);
  });

  it("is refused when a key is a symbol", () => {
    expect(refusalOf(level, [{ [Symbol("s")]: 1 }]).message).toMatch(
      /^args\[0\]\["Symbol\(s\)"\] cannot cross: a symbol/,
    );
  });

  it("is refused with the cause when reading it throws", () => {
    const cause = new Error("no");
    const value = {
      a: {
        get b() {
          throw cause;
        },
      },
    };
    const error = refusalOf(level, value);
    expect(error.cause).toBe(cause);
    expect(error.message).toBe("args.a cannot cross: reading it threw: no");
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusalOf(level, [proxy]).code).toBe("INVALID_ARGUMENT");
  });

  it("is refused when its buffer has been moved away", () => {
    const view = new Uint8Array(8);
    structuredClone(view, { transfer: [view.buffer] });
    expect(refusalOf(level, [view]).message).toMatch(/^args\[0\] cannot cross: .*detached/);
    expect(refusalOf(level, [view.buffer]).message).toMatch(/detached/);
  });

  it("a RegExp and shared memory go to trusted peers on carriers that clone", () => {
    for (const value of [/x/, new SharedArrayBuffer(8), new Uint8Array(new SharedArrayBuffer(8))]) {
      expect(refusalOf(level, [value], { trusted: false }).message).toMatch(/trusted peers only/);
      if (level === "json") expect(refusalOf(level, [value]).message).toMatch(/needs a carrier that clones/);
    }
  });
});

describe("on a carrier that clones", () => {
  it("a RegExp keeps flags and lastIndex", () => {
    const value = /a(b)/giu;
    value.lastIndex = 3;
    const copy = cross("clone", [value]) as [RegExp];
    expect(copy[0]).toStrictEqual(value);
    expect(copy[0].lastIndex).toBe(3);
  });

  it("shared memory stays shared", () => {
    const memory = new SharedArrayBuffer(8);
    const view = new Uint8Array(memory, 2, 4);
    const [copy] = cross("clone", [view]) as [Uint8Array];
    new Uint8Array(memory)[2] = 5;
    expect([...copy]).toStrictEqual([5, 0, 0, 0]);
  });

  it("platform objects that it clones go as they are; those that it would change are refused", async () => {
    const blob = new Blob(["text"]);
    const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    const packed = pack({ blob, key }, packing("clone"));
    expect(packed.plain).toBe(false);
    const copy = cross("clone", { blob, key }) as { blob: Blob; key: unknown };
    expect(await copy.blob.text()).toBe("text");
    expect(Object.prototype.toString.call(copy.key)).toBe("[object CryptoKey]");
    expect(refusalOf("json", [blob]).message).toMatch(/a Blob needs a carrier that clones/);
    // Node 20 clones a File as a Blob, later ones as a File: never silently as something else.
    const clones = structuredClone(new File([], "a")) instanceof File;
    if (clones) expect(cross("clone", new File(["x"], "a"))).toMatchObject({ name: "a" });
    else expect(refusalOf("clone", [new File(["x"], "a")]).message).toMatch(/an instance of File/);
  });
});
