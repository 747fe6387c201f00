import { nodeOf, type StubNode, transportPair } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { idempotency, procedure, publisher, serve } from "../src/index.ts";
import { wire } from "./wire.ts";

describe("misuse of a server", () => {
  it("of a port, a worker or nothing as its source is a TypeError at once", () => {
    const { port1 } = new MessageChannel();
    expect(() => serve(port1 as never, {})).toThrow(/^expected a Transport, a Session or a Listener, got MessagePort/);
    expect(() => serve(undefined as never, {})).toThrow(TypeError);
    port1.close();
  });

  it("of options is a TypeError: a context that is no function, interceptors in no list, a wrong name", () => {
    const serving = (options: object) => () => serve(transportPair()[0], {}, options as never);
    expect(serving({ context: { user: "ada" } })).toThrow(
      "expected context to be a function: context: (peer) => ({ … })",
    );
    expect(serving({ interceptors: { incoming: () => {} } })).toThrow(
      "expected interceptors to be { outgoing: [], incoming: [] }",
    );
    expect(serving({ contxt: () => {} })).toThrow('did you mean "context"?');
    expect(() => serve(transportPair()[0], undefined as never)).toThrow("expected a router, got undefined");
  });

  it("of numbers and names that mean nothing is a TypeError", () => {
    expect(() => publisher({ overflow: "drop" as never })).toThrow('"fail", "drop-oldest" or "drop-newest", got drop');
    expect(() => idempotency({ ttl: Number.NaN })).toThrow("expected ttl to be a number, from 0, got NaN");
    expect(() => idempotency({ max: -1 })).toThrow("expected max to be a number, from 0, got -1");
    expect(() => procedure.concurrency(1.5)).toThrow("expected concurrency to be a whole number, got 1.5");
  });

  it("lets a deadline be longer than any timer", async () => {
    const { remote, end } = wire({ slow: procedure.deadline(2 ** 40).handler(async () => "done") });
    expect(await (remote as unknown as { slow(): Promise<string> }).slow()).toBe("done");
    await end();
  });

  it("remembers answers of hundreds of thousands of values like any other", async () => {
    let runs = 0;
    const { remote, end } = wire(
      { list: () => [++runs, ...new Array<number>(100_000).fill(0), ...new Array<number>(100_000).fill(0)] },
      { interceptors: { incoming: [idempotency()] } },
    );
    const node = nodeOf(remote.list) as StubNode;
    const call = () => node.base.call(node, [], { key: "once" }).promise();
    expect(((await call()) as number[]).length).toBe(200_001);
    expect(((await call()) as number[])[0]).toBe(1);
    await end();
  });
});
