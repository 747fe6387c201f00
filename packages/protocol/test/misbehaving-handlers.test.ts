import { describe, expect, it } from "vitest";
import { RpcError } from "../src/index.ts";
import { open, promised, turns } from "./sessions.ts";

/** How a call failed. */
const failure = (call: PromiseLike<unknown>): Promise<RpcError> =>
  promised(call).then(
    (value) => Promise.reject(new Error(`it did not fail, it gave ${String(value)}`)),
    (error: RpcError) => error,
  );

describe("a handler that misbehaves", () => {
  it("is counted once, whatever its thenable settles as and how often", async () => {
    const pair = open({
      often: () => ({
        // biome-ignore lint/suspicious/noThenProperty: the thenable is what is tested
        then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
          resolve(1);
          reject(new Error("and an error"));
          resolve(2);
        },
      }),
      throwing: () => ({
        // biome-ignore lint/suspicious/noThenProperty: the thenable is what is tested
        then() {
          throw new Error("no promise after all");
        },
      }),
      unreadable: () => ({
        // biome-ignore lint/suspicious/noThenProperty: the thenable is what is tested
        get then() {
          throw new Error("nobody asks me");
        },
      }),
    });
    expect(await pair.remote.often()).toBe(1);
    expect(await failure(pair.remote.throwing())).toMatchObject({ code: "INTERNAL", delivered: "yes" });
    expect(await failure(pair.remote.unreadable())).toMatchObject({ code: "INTERNAL", delivered: "yes" });
    await pair.done();
  });

  it("that throws a Proxy which throws whatever it is asked is told of as any other", async () => {
    const trap = () => {
      throw new Error("hands off");
    };
    const pair = open({
      fail() {
        throw new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap });
      },
    });
    expect(await failure(pair.remote.fail())).toMatchObject({ code: "INTERNAL", delivered: "yes" });
    expect(RpcError.is(new Proxy({}, { get: trap }))).toBe(false);
    await pair.done();
  });

  it("that passes on what another side does not have has run all the same", async () => {
    const behind = open({});
    let runs = 0;
    const gateway = open({
      async pass() {
        runs++;
        return behind.remote.absent();
      },
    });
    expect(await failure(gateway.remote.pass())).toMatchObject({ code: "UNIMPLEMENTED", delivered: "yes" });
    expect(await failure(gateway.remote.absent())).toMatchObject({ code: "UNIMPLEMENTED", delivered: "no" });
    expect(runs).toBe(1);
    await gateway.done();
    await behind.done();
  });

  it("that gives an iterator whose results are none fails its stream, and does not go on for ever", async () => {
    const iterable = (step: unknown) => ({ [Symbol.asyncIterator]: () => ({ next: async () => step }) });
    const pair = open({ number: () => iterable(5), nothing: () => iterable(null), text: () => iterable("done") });
    for (const name of ["number", "nothing", "text"]) {
      const stream: AsyncIterator<unknown> = await pair.remote[name]();
      expect((await failure(stream.next())).message).toMatch(/an iterator gave (5|null|done), which is no result/);
    }
    await pair.done();
  });
});

describe("a stream that somebody else reads or writes", () => {
  it("is refused by its path, before anything is sent, and ends no process", async () => {
    let runs = 0;
    const pair = open({
      take: () => void runs++,
      give: () => {
        const locked = new ReadableStream();
        locked.getReader();
        return { locked };
      },
    });
    const [read, written] = [new ReadableStream(), new WritableStream()];
    read.getReader();
    written.getWriter();
    expect(await failure(pair.remote.take({ read }))).toMatchObject({
      code: "INVALID_ARGUMENT",
      delivered: "no",
      message: "args[0].read cannot cross: a ReadableStream that is locked; release its reader or writer first",
    });
    expect((await failure(pair.remote.take(1, written))).message).toMatch(/^args\[1\] cannot cross: a WritableStream/);
    expect((await failure(pair.remote.give())).message).toMatch(/^result\.locked cannot cross/);
    expect(runs).toBe(0);
    await pair.done();
  });

  it("is told of to its writer when it was locked while it was packed", async () => {
    const pair = open({
      async write(sink: WritableStream) {
        const writer = sink.getWriter();
        for (let n = 0; n < 100; n++) {
          await writer.write(n);
          await turns(1);
        }
      },
    });
    const sink = new WritableStream();
    const args = [
      sink,
      {
        get lock() {
          return String(sink.getWriter());
        },
      },
    ];
    expect((await failure(pair.remote.write(...args))).message).toMatch(/locked/i);
    await turns();
    await pair.done();
  });
});
