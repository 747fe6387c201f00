import { type Call, disposable, RpcError, RpcTarget, release, retain, transfer } from "@portolan/protocol";
import type { CallingApi, FixtureApi, LastingApi, ObservingApi, PlainApi, ReferenceApi } from "./fixture-api.ts";
import type { FixtureState } from "./fixture-state.ts";
import { streamingApi } from "./fixture-streams.ts";
import { show } from "./show.ts";
import { after, collect } from "./turns.ts";

/** The far side's API, over one state. */
export function fixtureApi(state: FixtureState): FixtureApi {
  return {
    ...plain(),
    ...observing(state),
    ...lasting(state),
    ...calling(state),
    ...references(state),
    ...streamingApi(state),
  };
}

class Counter extends RpcTarget {
  #count = 0;
  readonly #gone: () => void;

  constructor(gone: () => void) {
    super();
    this.#gone = gone;
  }

  increase(by = 1): number {
    this.#count += by;
    return this.#count;
  }

  [Symbol.dispose](): void {
    this.#gone();
  }
}

function plain(): PlainApi {
  return {
    echo: (value) => value,
    add: (a, b) => a + b,
    show,
    fail,
    nothing: () => {},
    users: { byName: (name) => ({ name, orders: { latest: () => ({ of: name, id: 1 }) } }) },
    nest,
  };
}

function observing(state: FixtureState): ObservingApi {
  return {
    facts: () => ({ trusted: state.session.peer.trusted, kind: state.session.peer.kind }),
    stats: () => state.session.stats(),
    collect,
    takeReports: () => state.reports.splice(0),
    note: (item) => void state.log.push(item),
    noted: () => [...state.log],
    run: (key) => state.count(key),
    ran: (key) => state.counts.get(key) ?? 0,
    metadata(this: Call) {
      return [this.metadata, this.peer.metadata];
    },
  };
}

function lasting(state: FixtureState): LastingApi {
  return {
    hang(this: Call, key: string) {
      const { signal } = this;
      state.log.push(`started ${key}`);
      return new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => {
          state.log.push(`aborted ${key} ${(signal.reason as RpcError).code}`);
          reject(signal.reason);
        });
      });
    },
    abandon: () => new Promise<never>(() => {}),
    untilAborted: (signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve(show(signal.reason)))),
    later: after,
    leave: (code) => void state.session.close({ reason: { code, message: "left" } }),
    drain: (ms) => void state.session.close({ drain: ms }),
  };
}

function calling(state: FixtureState): CallingApi {
  type Any = (...args: unknown[]) => unknown;
  return {
    callBack: async (callback, ...args) => (callback as Any)(...args),
    callTwice: async (callback, first, second) => {
      const inner = (await (callback as Any)(first)) as Any;
      try {
        return await inner(second);
      } finally {
        release(inner);
      }
    },
    callMany: async (callback, times) =>
      Promise.all(Array.from({ length: times }, (_, index) => (callback as Any)(index))),
    callAndForget: (callback) => void (callback as Any)("forgotten"),
    subscribe: (callback) => {
      const keep = retain(callback);
      return disposable(() => {
        state.count("off");
        release(keep);
      });
    },
    borrow: (key, callback) => void state.kept.set(key, callback as Any),
    keep: (key, callback) => void state.kept.set(key, retain(callback) as Any),
    callKept: async (key, ...args) => state.kept.get(key)?.(...args),
    giveBack: (key) => {
      release(state.kept.get(key));
      state.kept.delete(key);
    },
  };
}

function references(state: FixtureState): ReferenceApi {
  const mine = () => "mine";
  return {
    adder: (n) => (by) => n + by,
    adders: (count) => Array.from({ length: count }, (_, n) => (by: number) => n + by),
    counter: () => new Counter(() => state.count("disposed")),
    same: (a, b) => a === b,
    mine: () => mine,
    isMine: (value) => value === mine,
    apart: (value) => ({ inside: [value] }),
    wait: async (promise) => promise,
    promised: (turns, value) => ({ promise: turns < 0 ? new Promise(() => {}) : after(turns, value) }),
    broken: (message) => ({ promise: Promise.reject(new RpcError("ABORTED", message)) }),
    unread: () => {},
    moveBack: (value) => transfer(value),
  };
}

function fail(how: string): never {
  switch (how) {
    case "range":
      throw Object.assign(new RangeError("out of range", { cause: new TypeError("deeper") }), { detail: 7 });
    case "rpc":
      throw new RpcError("NOT_FOUND", "no such thing", { data: { id: 7 } });
    case "text":
      throw "just text";
    case "undefined":
      throw undefined;
    default:
      throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  }
}

function nest(depth: number): unknown {
  let value: unknown = "bottom";
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}
