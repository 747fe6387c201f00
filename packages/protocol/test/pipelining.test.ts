import { describe, expect, it } from "vitest";
import { RpcError } from "../src/index.ts";
import { hostile, open, paced, promised, recorded, turns, withOptions } from "./sessions.ts";

interface Node {
  readonly value: number;
  next(): Node;
  fail(): never;
}

function node(value: number): Node {
  return {
    value,
    next: () => node(value + 1),
    fail() {
      throw new RpcError("NOT_FOUND", `no more after ${value}`);
    },
  };
}

/** Each await counts a round trip: frames of the client that waited for one of the server. */
function chain() {
  let record: ReturnType<typeof recorded> | undefined;
  const pair = open(
    {
      start: () => node(1),
      add: (a: number, b: number) => a + b,
      double: async (n: number) => n * 2,
      sum: (list: { readonly numbers: readonly number[] }) => list.numbers.reduce((sum, n) => sum + n, 0),
      fail: async () => {
        throw new RpcError("NOT_FOUND", "nothing there");
      },
      users: { byName: (name: string) => ({ name, orders: { latest: () => ({ of: name }) } }) },
    },
    {
      around: (it) => {
        record = recorded(it);
        return record;
      },
      aroundServer: paced,
      // Steps of a pipeline that nobody reads are told here.
      client: { onError: () => {} },
    },
  );
  return { pair, frames: () => record as ReturnType<typeof recorded> };
}

describe("a result that is used in the turn of its call", () => {
  it("costs no further round trip: five dependent calls leave before the first answer comes", async () => {
    const { pair, frames } = chain();
    await pair.client.ready;
    await pair.remote.add(0, 0);
    const wire = frames();
    wire.out.length = 0;
    wire.in.length = 0;
    const last = promised(pair.remote.start().next().next().next().next());
    await turns(1);
    // Everything has left: the calls, and the releases of the results they are built on.
    const before = wire.out.length;
    expect(((await last) as Node).value).toBe(5);
    expect(wire.out.length).toBe(before);
    await pair.client.close();
    await pair.server.close();
  });

  it("as a target, at any depth of what was returned", async () => {
    const { pair } = chain();
    expect(await pair.remote.users.byName("ada").orders.latest()).toEqual({ of: "ada" });
    await pair.client.close();
    await pair.server.close();
  });

  it("as an argument, in its place, and more than once", async () => {
    const { pair } = chain();
    const three = pair.remote.add(1, 2);
    expect(await pair.remote.add(three, pair.remote.double(three))).toBe(9);
    expect(await pair.remote.sum({ numbers: [three, 4, pair.remote.add(2, 3)] })).toBe(12);
    await three;
    // Later it arrives as its value all the same, and so does a part of it.
    expect(await pair.remote.add(three, 1)).toBe(4);
    expect(await pair.remote.sum({ numbers: [three] })).toBe(3);
    const found = pair.remote.users.byName("ada");
    await found;
    expect(await pair.remote.users.byName(found.name)).toMatchObject({ name: "ada" });
    await pair.client.close();
    await pair.server.close();
  });

  it("takes its failure to everything built on it, each once", async () => {
    const { pair } = chain();
    const failed = pair.remote.fail();
    const outcomes = await Promise.allSettled(
      [failed, failed.next(), pair.remote.add(failed, 1), pair.remote.add(1, failed).further.on()].map(promised),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: "NOT_FOUND" } });
    await pair.done();
  });

  it("is kept over there only until what is built on it has been answered", async () => {
    const { pair } = chain();
    await pair.remote.add(pair.remote.add(1, 2), 3);
    await turns();
    expect(pair.server.stats().handlers.held).toBe(0);
    await pair.done();
  });

  it("is withdrawn with everything built on it, when it is aborted before it leaves", async () => {
    const { pair } = chain();
    const controller = new AbortController();
    const first = withOptions(pair.remote.start, { signal: controller.signal })();
    const second = first.next();
    const outcomes = Promise.allSettled([promised(first), promised(second)]);
    controller.abort();
    expect(await outcomes).toMatchObject([
      { reason: { code: "CANCELLED", delivered: "no" } },
      { reason: { code: "CANCELLED" } },
    ]);
    await pair.done();
  });
});

describe("a result that is used later", () => {
  it("waits here, and the call is made on what arrived", async () => {
    const { pair } = chain();
    const found = pair.remote.users.byName("ada");
    await turns();
    expect(await found.orders.latest()).toEqual({ of: "ada" });
    expect(await found.name).toBe("ada");
    await turns();
    await pair.client.close();
    await pair.server.close();
  });

  it("says what is missing", async () => {
    const { pair } = chain();
    const sum = pair.remote.add(1, 2);
    await sum;
    await expect(promised(sum.nothing())).rejects.toMatchObject({ code: "UNIMPLEMENTED", delivered: "no" });
    await pair.done();
  });
});

describe("holds", () => {
  it("are counted, and a result that is not held cannot be built on", async () => {
    const peer = hostile({ one: () => 1 }, { limits: { references: 2 } });
    await turns();
    for (let id = 1; id < 4; id++) peer.send([1, id, 0, ["one"], [], null, { hold: 1 }]);
    peer.send([1, 9, -77, ["x"], []]);
    await turns();
    expect(peer.session.stats().handlers.held).toBe(2);
    const heard = JSON.stringify(peer.heard);
    expect(heard).toContain("the limit of 2 references is reached");
    expect(heard).toContain("the result of call 77 is not held");
    peer.send([9, -1, 1], [9, -2, 1], [9, -2, 1], [9, -99, 1]);
    await turns();
    expect(peer.session.stats().handlers.held).toBe(0);
    await peer.session.close();
  });
});
