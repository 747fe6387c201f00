import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registerClass } from "../src/register-class.ts";
import { pack } from "../src/values/pack.ts";
import { unpack } from "../src/values/unpack.ts";
import { carry, levels, packing, reading } from "./values-carrier.ts";

class Point {
  x: unknown;
  y: unknown;
  constructor(x: unknown, y: unknown) {
    this.x = x;
    this.y = y;
  }
}
registerClass("Point", Point, {
  encode: ({ x, y }): [unknown, unknown] => [x, y],
  decode: ([x, y]) => new Point(x, y),
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.constantFrom("__proto__", "constructor", "then", "length", "0", "1", "\ud800"),
);
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    Number.NaN,
    -0,
    0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Symbol.for("s"),
    Symbol.iterator,
  ),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  text,
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 5 }),
  fc.float64Array({ maxLength: 3 }),
  fc.bigInt64Array({ maxLength: 3 }),
  fc.uint8Array({ maxLength: 5 }).map((bytes) => new Uint8Array(bytes).buffer),
  fc.constantFrom(1, "text", false, 2n, Symbol.iterator).map((primitive) => Object(primitive)),
);

/** Containers that may be filled after they are made, so that any of them can be part of a cycle. */
const makers: readonly {
  readonly create: () => object;
  readonly add: (container: never, key: string, child: unknown) => void;
}[] = [
  { create: () => ({}), add: (container: object, key, child) => define(container, key, child) },
  { create: () => Object.create(null), add: (container: object, key, child) => define(container, key, child) },
  { create: () => [], add: (container: unknown[], _key, child) => void container.push(child) },
  {
    create: () => [],
    add: (container: unknown[], key, child) => {
      container.length += key.length % 3;
      container.push(child);
    },
  },
  {
    create: () => Object.assign([], { named: 1 }),
    add: (container: object, key, child) => define(container, `n${key}`, child),
  },
  {
    create: () => new Map(),
    add: (container: Map<unknown, unknown>, key, child) => void container.set(child, key).set(key, child),
  },
  { create: () => new Set(), add: (container: Set<unknown>, _key, child) => void container.add(child) },
  {
    create: () => new RangeError("range"),
    add: (container: object, key, child) => define(container, `p${key}`, child),
  },
  {
    create: () => new AggregateError([], "all", { cause: undefined }),
    add: (container: AggregateError, _key, child) => {
      container.errors.push(child);
      container.cause = child;
    },
  },
];

function define(container: object, key: string, value: unknown): void {
  // A `then` of one's own that is a function would be a promise; here none is.
  Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true });
}

/** A random graph: containers first, then edges to leaves and to any container, earlier, later or itself. */
const graph = fc
  .tuple(
    fc.array(fc.nat(makers.length - 1), { minLength: 1, maxLength: 8 }),
    fc.array(
      fc.tuple(
        fc.nat(7),
        text,
        fc.oneof(
          leaf,
          fc.nat(7).map((index) => ({ edge: index })),
        ),
      ),
      { maxLength: 30 },
    ),
    fc.boolean(),
  )
  .map(([kinds, edges, point]) => {
    const containers = kinds.map((kind) => makers[kind]?.create() ?? {});
    for (const [from, key, to] of edges) {
      const at = from % containers.length;
      const target = isEdge(to) ? containers[to.edge % containers.length] : to;
      makers[kinds[at] ?? 0]?.add(containers[at] as never, key, target);
    }
    // Points hold finished things only, so they stand outside of the cycles.
    return point ? [new Point(containers[0], containers), containers] : containers;
  });

function isEdge(value: unknown): value is { edge: number } {
  return typeof value === "object" && value !== null && "edge" in value;
}

describe.each(levels)("any value that crosses by %s", (level) => {
  it("arrives exactly, shape and identity, and leaves the original alone", () => {
    fc.assert(
      fc.property(graph, (value) => {
        const before = structure(value);
        const [data, table] = carry(level, pack(value, packing(level)));
        expect(structure(value)).toStrictEqual(before);
        const copy = unpack(data, table, reading());
        expect(structure(copy)).toStrictEqual(before);
      }),
      { numRuns: 2000 },
    );
  });
});

/** A line for each node in the order of a walk, with a number for each identity: two equal lists are one shape. */
function structure(value: unknown): string[] {
  const numbers = new Map<object, number>();
  const lines: string[] = [];
  const visit = (node: unknown, at: string): void => {
    if (typeof node !== "object" || node === null) {
      lines.push(`${at} ${typeof node} ${Object.is(node, -0) ? "-0" : String(node)}`);
      return;
    }
    const known = numbers.get(node);
    if (known !== undefined) {
      lines.push(`${at} #${known}`);
      return;
    }
    numbers.set(node, numbers.size);
    const name = Object.getPrototypeOf(node)?.constructor.name ?? "bare";
    lines.push(`${at} ${name} ${describeInside(node)}`);
    if (node instanceof Map) for (const [index, child] of [...node].flat().entries()) visit(child, `m${index}`);
    else if (node instanceof Set) for (const child of node) visit(child, "s");
    else if (node instanceof Error) {
      if (Object.hasOwn(node, "cause")) visit(node.cause, "cause");
      if ("errors" in node) visit(node.errors, "errors");
    }
    for (const key of Object.keys(node)) visit((node as Record<string, unknown>)[key], JSON.stringify(key));
  };
  visit(value, "root");
  return lines;
}

function describeInside(node: object): string {
  if (Array.isArray(node)) return `length ${node.length}`;
  if (node instanceof Date) return String(node.getTime());
  if (node instanceof ArrayBuffer) return new Uint8Array(node).join();
  if (node instanceof Error) return `${node.name} ${node.message} ${node.stack}`;
  const primitive: unknown = node.valueOf === undefined ? node : node.valueOf();
  return typeof primitive === "object" ? "" : String(primitive);
}
