import { afterEach, describe, expect, it } from "vitest";
import { registerClass } from "../src/register-class.ts";
import { pack } from "../src/values/pack.ts";
import { unpack } from "../src/values/unpack.ts";
import { cross, levels, packing, reading } from "./values-carrier.ts";

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
  get euros(): number {
    return this.cents / 100;
  }
}
class Euro extends Money {}
class Tree {
  children: Tree[] = [];
  parent: Tree | undefined;
}
class Shape {
  readonly corners: Map<string, unknown>;
  constructor(corners: Map<string, unknown>) {
    this.corners = corners;
  }
  static encode(shape: Shape): unknown {
    return shape.corners;
  }
  static decode(corners: never): Shape {
    return new Shape(corners);
  }
}
class Failure extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

const undo: (() => void)[] = [];
afterEach(() => {
  for (const unregister of undo.splice(0)) unregister();
});

const money = { encode: (value: Money) => value.cents, decode: (cents: number) => new Money(cents) };

describe.each(levels)("a registered class (%s)", (level) => {
  it("crosses by value, wherever it stands", () => {
    undo.push(registerClass("Money", Money, money));
    const copy = cross(level, { price: new Money(5), map: new Map([[new Money(1), [new Money(2)]]]) }) as {
      price: Money;
      map: Map<Money, Money[]>;
    };
    expect(copy.price).toBeInstanceOf(Money);
    expect(copy.price.euros).toBe(0.05);
    expect([...copy.map]).toStrictEqual([[new Money(1), [new Money(2)]]]);
  });

  it("may be a kind of bytes", () => {
    class Digest extends Uint8Array {}
    undo.push(
      registerClass("Digest", Digest, { encode: (digest) => [...digest], decode: (list) => Digest.from(list) }),
    );
    const [digest, bytes] = cross(level, [Digest.of(1, 2), Uint8Array.of(3)]) as [Digest, Uint8Array];
    expect(digest).toBeInstanceOf(Digest);
    expect([...digest, ...bytes]).toEqual([1, 2, 3]);
  });

  it("stays one instance in two places", () => {
    undo.push(registerClass("Money", Money, money));
    const one = new Money(1);
    const copy = cross(level, [one, one, new Set([one])]) as [Money, Money, Set<Money>];
    expect(copy[0]).toBe(copy[1]);
    expect(copy[2].has(copy[0])).toBe(true);
  });

  it("may encode to any value, with other instances inside", () => {
    undo.push(registerClass("Money", Money, money), registerClass("Shape", Shape));
    const value = new Shape(
      new Map<string, unknown>([
        ["a", new Money(1)],
        ["b", new Date(1)],
        ["c", new Shape(new Map())],
      ]),
    );
    expect(cross(level, value)).toStrictEqual(value);
  });

  it("without encode and decode carries its properties, and cycles", () => {
    undo.push(registerClass("Tree", { class: Tree }));
    const root = new Tree();
    const child = new Tree();
    root.children.push(child);
    child.parent = root;
    const copy = cross(level, root) as Tree;
    expect(copy).toBeInstanceOf(Tree);
    expect(copy.children[0]).toBeInstanceOf(Tree);
    expect(copy.children[0]?.parent).toBe(copy);
  });

  it("that decodes finished data cannot hold itself", () => {
    undo.push(registerClass("Shape", Shape));
    const shape = new Shape(new Map());
    shape.corners.set("self", shape);
    expect(() => pack(shape, packing(level))).toThrow(/cannot hold itself/);
  });

  it("is refused with its path when encode throws, or gives what cannot cross", () => {
    const cause = new Error("no");
    const encode = (value: Money): unknown => {
      if (value.cents < 0) throw cause;
      return { deep: new WeakMap() };
    };
    undo.push(registerClass("Money", Money, { encode }));
    expect(() => pack({ price: new Money(-1) }, packing(level))).toThrow(
      expect.objectContaining({ message: "value.price cannot cross: reading it threw: no", cause }),
    );
    expect(() => pack({ price: new Money(1) }, packing(level))).toThrow(/^value\.price\[0\]\.deep cannot cross/);
  });

  it("may be an error", () => {
    undo.push(
      registerClass("Failure", Failure, {
        encode: ({ reason }) => reason,
        decode: (reason: string) => new Failure(reason),
      }),
    );
    expect(cross(level, new Error("x", { cause: new Failure("why") }))).toMatchObject({ cause: { reason: "why" } });
  });

  it("is known by its exact prototype: a subclass is refused", () => {
    undo.push(registerClass("Money", Money, money));
    expect(() => pack(new Euro(1), packing(level))).toThrow(/an instance of Euro/);
  });
});

describe("registering", () => {
  it("is undone by what it returns", () => {
    registerClass("Money", Money, money)();
    expect(() => pack(new Money(1), packing("json"))).toThrow(/an instance of Money/);
  });

  it("the same class again replaces, another under its name throws", () => {
    undo.push(registerClass("Money", Money, money), registerClass("Money", Money, money));
    expect(() => registerClass("Money", Euro, {})).toThrow(TypeError);
    expect(() => registerClass("Cash", Money, money)).toThrow(TypeError);
    // @ts-expect-error: a class is needed.
    expect(() => registerClass("Cash", {})).toThrow(TypeError);
  });
});

describe("an instance that arrives", () => {
  it("is refused when nobody registered its name", () => {
    for (const name of ["Ghost", "__proto__", "constructor", 5, null, {}]) {
      expect(() => unpack([[1]], [[13, [0], name]], reading())).toThrow(/not registered here/);
    }
    expect(() => unpack([[1]], [[13, [0], "Ghost"]], reading())).toThrow(/"Ghost"/);
  });

  it("is refused with the cause when its decode throws", () => {
    const cause = new Error("no");
    undo.push(
      registerClass("Money", Money, {
        decode: () => {
          throw cause;
        },
      }),
    );
    expect(() => unpack([[1]], [[13, [0], "Money"]], reading())).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", delivered: "no", cause }),
    );
  });
});
