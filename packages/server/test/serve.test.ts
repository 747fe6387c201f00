import { type Listener, openSession, RpcError } from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { type Call, currentCall, type Server, serve } from "../src/index.ts";
import { failureOf, memoryListener, wire } from "./wire.ts";

describe("serve", () => {
  it("O-04 attaches a router to a port, with a context that is made for each peer from what it presented", async () => {
    const { remote, end } = wire(
      {
        who(this: Call<{ user: string }>) {
          return this.context.user;
        },
      },
      {
        context: async (peer) => ({ user: (peer.metadata as { user: string }).user }),
        client: { metadata: { user: "ada" } },
      },
    );
    expect(await remote.who()).toBe("ada");
    await end();
  });

  it("refuses a peer whose context throws, with its code, and reports why", async () => {
    const onError = vi.fn();
    const listener = memoryListener();
    const server = serve(
      listener,
      { add: () => 1 },
      {
        onError,
        context: () => {
          throw new RpcError("UNAUTHENTICATED", "who are you?");
        },
      },
    );
    const session = openSession<{ add(): number }>(listener.dial());
    const error = await failureOf(session.remote.add());
    expect(error).toMatchObject({ code: "UNAUTHENTICATED", message: "who are you?", delivered: "no" });
    expect(await session.closed).toMatchObject({ code: "UNAUTHENTICATED", by: "remote" });
    await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
    await server.close();
    expect(server.sessions.size).toBe(0);
  });

  it("refuses with PERMISSION_DENIED, and nothing of the reason, when a context throws anything else", async () => {
    const onError = vi.fn();
    const listener = memoryListener();
    const server = serve(
      listener,
      {},
      { onError, context: () => Promise.reject(new Error("database password wrong")) },
    );
    const session = openSession(listener.dial());
    const reason = await session.closed;
    expect(reason.code).toBe("PERMISSION_DENIED");
    expect(JSON.stringify(reason)).not.toContain("password");
    await server.close();
  });

  it("gives each peer its own router, checked when it arrives", async () => {
    const onError = vi.fn();
    const listener = memoryListener();
    const routers: Record<string, object> = { a: { name: () => "a" }, b: { name: () => "b" }, bad: { name: 7 } };
    const server = serve(listener, (peer) => routers[peer.metadata as string] as object, { onError });
    const names = ["a", "b"].map((metadata) => openSession<{ name(): string }>(listener.dial(), { metadata }));
    expect(await Promise.all(names.map(({ remote }) => remote.name()))).toEqual(["a", "b"]);
    const bad = openSession(listener.dial(), { metadata: "bad" });
    expect((await bad.closed).code).toBe("PERMISSION_DENIED");
    expect(String(onError.mock.calls[0]?.[0])).toContain("router.name");
    await server.close();
    expect(server.sessions.size).toBe(0);
  });

  it("tells who is there: sessions, when(match) for now and later, and its address", async () => {
    const listener = memoryListener();
    await using server = serve(listener, {});
    await server.ready;
    expect(server.address).toBe("memory");
    const later = server.when((peer) => peer.metadata === "late");
    const first = openSession(listener.dial(), { metadata: "early" });
    await first.ready;
    expect((await server.when((peer) => peer.metadata === "early")).peer.metadata).toBe("early");
    openSession(listener.dial(), { metadata: "late" });
    expect((await later).peer.metadata).toBe("late");
    expect(server.sessions.size).toBe(2);
    const never = server.when(() => false);
    await server.close();
    expect(await failureOf(never)).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    expect(await failureOf(server.when(() => true))).toMatchObject({ code: "UNAVAILABLE" });
  });

  it("rejects only the wait whose match throws", async () => {
    const listener = memoryListener();
    await using server = serve(listener, {});
    const bad = server.when(() => {
      throw new RangeError("no");
    });
    const good = server.when(() => true);
    openSession(listener.dial());
    expect(await failureOf(bad)).toBeInstanceOf(RangeError);
    expect((await good).state).toBe("ready");
  });

  it("rejects ready when listening fails, and nothing else", async () => {
    const failing: Listener = { ...memoryListener(), ready: Promise.reject(new Error("EADDRINUSE")) };
    const server = serve(failing, {});
    await expect(server.ready).rejects.toThrow("EADDRINUSE");
    await server.close();
  });

  it("O-20 drains on close: calls in flight finish, late ones are refused as not delivered, closing twice is quiet", async () => {
    let finish = () => {};
    const started = resolvers();
    const listener = memoryListener();
    const server = serve(listener, {
      slow: () =>
        new Promise<string>((resolve) => {
          finish = () => resolve("done");
          started.resolve();
        }),
    });
    const session = openSession<{ slow(): Promise<string> }>(listener.dial());
    const call = session.remote.slow();
    call.then(undefined, () => {});
    await started.promise;
    const closing = server.close({ drain: 5000 });
    expect(server.close()).toBe(closing);
    await vi.waitFor(() => expect(session.state).toBe("draining"));
    expect(await failureOf(session.remote.slow())).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    finish();
    expect(await call).toBe("done");
    await closing;
    expect(listener.closes).toBe(1);
    expect(server.sessions.size).toBe(0);
  });

  it("R-11 gives plain functions a call as `this`, and currentCall() until the first await", async () => {
    const seen: unknown[] = [];
    const { remote, end } = wire(
      {
        deep: {
          plain(this: Call, to: string) {
            return [this.path.join("."), this.peer.kind, this.metadata ?? null, this.notification, to];
          },
        },
        arrow: async () => {
          const early = currentCall()?.path.join(".");
          await Promise.resolve();
          return [early, currentCall() === undefined];
        },
        // A function that comes along is called with the call it belongs to, as well.
        hand: (callback: () => unknown) => callback(),
      },
      { client: {} },
    );
    expect(await remote.deep.plain("there")).toEqual(["deep.plain", "memory", null, false, "there"]);
    expect(await remote.arrow()).toEqual(["arrow", true]);
    await remote.hand(function (this: unknown) {
      seen.push((this as Call).peer.kind, currentCall()?.peer.kind);
    });
    expect(seen).toEqual(["memory", "memory"]);
    expect(currentCall()).toBeUndefined();
    await end();
  });

  it("R-06 forwards what is no Error as it was thrown, and R-17 nothing of it where errors are not exposed", async () => {
    const api = {
      boom: () => {
        throw "some text";
      },
    };
    const open = wire(api);
    expect(await failureOf(open.remote.boom())).toMatchObject({ code: "INTERNAL", cause: "some text" });
    await open.end();
    const onError = vi.fn();
    const shut = wire(api, { exposeErrors: false, onError });
    const error = await failureOf(shut.remote.boom());
    expect(error).not.toHaveProperty("cause");
    expect(error.message).not.toContain("some text");
    const [reported, place] = onError.mock.calls[0] as [unknown, { path: string[]; reference: string }];
    expect([reported, place.path]).toEqual(["some text", ["boom"]]);
    expect(error.message).toContain(place.reference);
    await shut.end();
  });

  it("reports a hidden error to the console once when nobody else listens", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { remote, end } = wire({ boom: () => Promise.reject(new Error("secret")) }, { trusted: false });
    const { message } = await failureOf(remote.boom());
    expect(log).toHaveBeenCalledOnce();
    const line = log.mock.calls[0]?.join(" ") ?? "";
    expect(line).toContain('"boom"');
    expect(line).toContain(/reference (\w+)/.exec(message)?.[1]);
    await end();
  });

  it("an incoming interceptor wraps every call, and one that throws answers that call only", async () => {
    const seen: string[] = [];
    const { remote, end } = wire(
      { add: (a: number, b: number) => a + b, other: () => 1 },
      {
        interceptors: {
          incoming: [
            async (call, next) => {
              if (call.path[0] === "other") throw new RpcError("PERMISSION_DENIED", "not you");
              const result = await next();
              seen.push(`${call.path.join(".")} = ${result}`);
              return result;
            },
          ],
        },
      },
    );
    expect(await remote.add(1, 2)).toBe(3);
    expect(await failureOf(remote.other())).toMatchObject({ code: "PERMISSION_DENIED" });
    expect(await remote.add(2, 2)).toBe(4);
    expect(seen).toEqual(["add = 3", "add = 4"]);
    await end();
  });

  it("G-15 calls a peer back by what it exposes, from a handler and from outside", async () => {
    const listener = memoryListener();
    const server: Server<{ title(text: string): string }> = serve(listener, {
      async ask(this: Call<unknown, { title(text: string): string }>) {
        return this.remote.title("handler");
      },
    });
    const expose = { title: (text: string) => `title: ${text}` };
    const session = openSession<{ ask(): Promise<string> }>(listener.dial(), { expose, metadata: "page" });
    expect(await session.remote.ask()).toBe("title: handler");
    const page = await server.when((peer) => peer.metadata === "page");
    expect(await page.remote.title("outside")).toBe("title: outside");
    await server.close();
    await session.closed;
  });

  it("an onError that throws is told of once, and changes nothing else", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { remote, end } = wire(
      { boom: () => Promise.reject(new Error("first")), one: () => 1 },
      {
        trusted: false,
        onError: () => {
          throw new Error("second");
        },
      },
    );
    expect(await failureOf(remote.boom())).toMatchObject({ code: "INTERNAL" });
    expect(log).toHaveBeenCalledOnce();
    expect(await remote.one()).toBe(1);
    await end();
  });

  it("keeps the identity of 1 000 interleaved calls of two peers with equal call ids apart", async () => {
    const { AsyncLocalStorage } = await import("node:async_hooks");
    const who = new AsyncLocalStorage<unknown>();
    const listener = memoryListener();
    await using server = serve(
      listener,
      {
        async echo(value: number) {
          await Promise.resolve();
          return [who.getStore(), value];
        },
      },
      { interceptors: { incoming: [(call, next) => who.run(call.peer.metadata, next)] } },
    );
    const sessions = ["a", "b"].map((metadata) =>
      openSession<{ echo(value: number): Promise<[string, number]> }>(listener.dial(), { metadata }),
    );
    const all = Array.from({ length: 1000 }, (_, i) => {
      const owner = sessions[i % 2] as (typeof sessions)[number];
      return Promise.resolve(owner.remote.echo(i)).then(([name, value]) => name === "ab"[i % 2] && value === i);
    });
    expect((await Promise.all(all)).every(Boolean)).toBe(true);
    expect(server.sessions.size).toBe(2);
  });
});

function resolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
