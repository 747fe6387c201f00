import type { CallOptions } from "../call-options.ts";
import { iterateResult, promiseMethod } from "./result-members.ts";
import { nodeKey, type ResultBase, type StubBase, type StubNode, type StubPath } from "./stub-base.ts";

const noSegments: readonly string[] = /* @__PURE__ */ Object.freeze([]);

/** How many children of one node are remembered, so that dynamic names do not pile up. */
const maxChildren = 1024;

/** The target of every proxy: what can be called, and holds nothing. */
const callable = (): void => {};

type Callable = typeof callable;

/**
 * What a stub knows of itself, and how its proxy behaves, so that a stub is two
 * objects and no more. The proxy is quiet: looking at a stub, in whatever way,
 * sends nothing. Only calling it does.
 */
export abstract class QuietNode implements StubNode, ProxyHandler<Callable> {
  abstract readonly base: StubBase;
  abstract readonly segments: readonly string[];
  abstract readonly options: CallOptions | undefined;
  declare children?: Map<string, object>;
  declare internedBy?: object;
  declare internedAs?: number;

  /**
   * Both are {@link callStub} and {@link readStub}. Each class has them of its own, since V8 looks a trap up anew
   * whenever it is needed: up two more prototypes, that is a tenth of what a call costs.
   */
  abstract apply(target: unknown, self: unknown, args: readonly unknown[]): unknown;
  abstract get(target: unknown, key: string | symbol): unknown;

  has(_target: Callable, key: string | symbol): boolean {
    return key === nodeKey || (key === Symbol.dispose && this.base.release !== undefined);
  }

  ownKeys(): [] {
    return [];
  }

  getOwnPropertyDescriptor(): undefined {
    return undefined;
  }

  preventExtensions(): boolean {
    return false;
  }

  set(): never {
    return refuseChange();
  }

  defineProperty(): never {
    return refuseChange();
  }

  deleteProperty(): never {
    return refuseChange();
  }

  setPrototypeOf(): never {
    return refuseChange();
  }
}

/** A stub of a longer path, or with options. */
class Branch extends QuietNode {
  readonly base: StubBase;
  readonly segments: readonly string[];
  readonly options: CallOptions | undefined;

  constructor(base: StubBase, segments: readonly string[], options: CallOptions | undefined) {
    super();
    this.base = base;
    this.segments = segments;
    this.options = options;
  }

  apply(_target: unknown, _self: unknown, args: readonly unknown[]): unknown {
    return callStub(this, args);
  }

  get(_target: unknown, key: string | symbol): unknown {
    return readStub(this, key);
  }
}

/** What a stub stands on that is the stub's own node as well: of those there are many. */
export abstract class StubRoot extends QuietNode implements StubBase {
  get base(): this {
    return this;
  }

  get segments(): readonly string[] {
    return noSegments;
  }

  get options(): undefined {
    return undefined;
  }

  abstract call(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): ResultBase;
  abstract notify(path: StubPath, args: readonly unknown[], options: CallOptions | undefined): void;
}

/** Makes a stub: a callable whose properties are stubs of longer paths. */
export function makeStub(base: StubBase, segments: readonly string[] = noSegments, options?: CallOptions): object {
  const own = base instanceof StubRoot && segments.length === 0 && options === undefined;
  return new Proxy(callable, own ? base : new Branch(base, segments, options));
}

/** What calling a stub does. */
export function callStub(node: QuietNode, args: readonly unknown[]): unknown {
  if (node.options?.notify) return node.base.notify(node, args, node.options);
  return makeStub(node.base.call(node, args, node.options));
}

function refuseChange(): never {
  throw new TypeError("a stub cannot be changed: it stands for something on the other side");
}

/** What reading a property of a stub gives. */
export function readStub(node: QuietNode, key: string | symbol): unknown {
  return typeof key === "symbol" ? getSymbol(node, key) : getName(node, key);
}

function getSymbol(node: QuietNode, key: symbol): unknown {
  if (key === nodeKey) return node;
  // Of branches and functions too: without these, `${stub}` would call a procedure named toString.
  if (key === Symbol.toStringTag) return "PortolanStub";
  if (key === Symbol.toPrimitive) return () => "[PortolanStub]";
  if (node.segments.length > 0) return undefined;
  const { base } = node;
  const member = base.members?.get(key);
  if (member !== undefined) return member;
  if (key === Symbol.dispose && base.release) return () => base.release?.();
  if (key === Symbol.asyncIterator && base.result) return () => iterateResult(base.result as ResultBase);
  return undefined;
}

/**
 * Names that tools read, or call, on anything they are shown. As procedures they
 * are reached by `withOptions(client, {})` no better: routers refuse the first
 * three, and the rest never name a procedure in practice.
 */
const quietNames = new Map<string, unknown>([
  ["then", undefined], // `await client` must not call anything
  ["toJSON", undefined], // JSON.stringify
  ["constructor", undefined], // pretty printers and equality checks
  ["prototype", undefined], // `instanceof` and class detection
  ["__proto__", undefined],
  ["asymmetricMatch", undefined], // expect() of Jest and its relatives
  ["$$typeof", undefined], // React
  ["nodeType", undefined], // DOM detection
  ["@@__IMMUTABLE_ITERABLE__@@", undefined],
  ["__v_skip", true], // Vue: never make this reactive
  ["__v_isRef", undefined],
  ["__v_isReactive", undefined],
  ["__v_isReadonly", undefined],
  ["__v_raw", undefined],
]);

function getName(node: QuietNode, name: string): unknown {
  const known = node.children?.get(name);
  if (known) return known;
  const { result, members } = node.base;
  if (result && (name === "then" || name === "catch" || name === "finally")) return promiseMethod(node, result, name);
  if (node.segments.length === 0 && members?.has(name)) return members.get(name);
  if (quietNames.has(name)) return quietNames.get(name);
  return childOf(node, name);
}

function childOf(node: QuietNode, name: string): object {
  const child = makeStub(node.base, [...node.segments, name], node.options);
  // Results live for one call: remembering their children would only cost.
  if (!node.base.result) {
    node.children ??= new Map();
    if (node.children.size < maxChildren) node.children.set(name, child);
  }
  return child;
}
