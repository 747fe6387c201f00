import { describe, expect, it } from "vitest";
import { openSession, RpcError, type TapEntry, tap, transportPair } from "../src/index.ts";

const api = {
  add: (a: number, b: number) => a + b,
  makeAdder: (a: number) => (b: number) => a + b,
  makeSeven: () => () => 7,
  fail() {
    throw new RpcError("NOT_FOUND", "nothing there", { data: { id: 7 } });
  },
};

describe("a result shown to a test runner", () => {
  it("rejects as the call did, with the same error, and sends nothing more", async () => {
    const { remote, calls, close } = open();
    await expect(remote.fail()).rejects.toThrow("nothing there");
    await expect(remote.fail()).rejects.toMatchObject({ code: "NOT_FOUND", data: { id: 7 }, delivered: "yes" });
    await expect(remote.add(1, 2)).resolves.toBe(3);
    expect(calls()).toBe(3);
    await close();
  });

  it("is not said to reject when it resolves", async () => {
    const { remote, close } = open();
    const wrong = expect(remote.add(1, 2)).rejects.toThrow();
    await expect(wrong).rejects.toThrow("resolved");
    await close();
  });

  it("is called when it is a function, at once with arguments, and once it is there without", async () => {
    const { remote, close } = open();
    expect(await remote.makeAdder(1)(2)).toBe(3);
    expect(await remote.makeSeven()()).toBe(7);
    await close();
  });
});

interface Api {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<void>;
  makeAdder(a: number): (b: number) => Promise<number>;
  makeSeven(): () => Promise<number>;
}

function open() {
  const [near, far] = transportPair();
  const entries: TapEntry[] = [];
  const server = openSession(far, { expose: api });
  const session = openSession(tap(near, { sink: (entry) => entries.push(entry) }));
  const close = async () => {
    await session.close();
    await server.closed;
  };
  const calls = () => entries.filter(({ direction, kind }) => direction === "out" && kind === "call").length;
  return { remote: session.remote as Api, calls, close };
}
