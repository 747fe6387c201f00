import { type Call, openSession, RpcError, transportPair } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { serve } from "../src/index.ts";

interface Api {
  add(a: number, b: number): number;
  who(): unknown;
}

const api = {
  add: (a: number, b: number) => a + b,
  who(this: Call<{ user: string }>) {
    return this.context;
  },
};

/** Two sessions; the far one exposes nothing yet. */
function open(options: Parameters<typeof openSession>[1] = {}) {
  const [here, there] = transportPair();
  return { near: openSession<Api>(here, { metadata: { user: "ada" }, ...options }), far: openSession(there) };
}

const failureOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => undefined,
    (error: RpcError) => error,
  );

describe("serve on an open session", () => {
  it("exposes a router in the turn of openSession, with a context of its peer, and lists the session", async () => {
    const { near, far } = open();
    const server = serve(far, api, { context: (peer) => peer.metadata });
    await server.ready;
    expect(await near.remote.add(1, 2)).toBe(3);
    expect(await near.remote.who()).toEqual({ user: "ada" });
    expect([...server.sessions]).toEqual([far]);
    expect(await server.when((peer) => peer.kind === "memory")).toBe(far);
    await near.close();
    expect(server.sessions.size).toBe(0);
  });

  it("comes later as well: calls wait for the context, and are UNIMPLEMENTED before", async () => {
    const { near, far } = open();
    await near.ready;
    expect(await failureOf(near.remote.add(1, 2))).toMatchObject({ code: "UNIMPLEMENTED", delivered: "no" });
    let letIn: (context: object) => void = () => {};
    serve(far, () => api, {
      context: () =>
        new Promise<object>((resolve) => {
          letIn = resolve;
        }),
    });
    const call = near.remote.who();
    await near.ping();
    expect(far.stats().handlers).toMatchObject({ running: 0, parked: 1 });
    letIn({ user: "grace" });
    expect(await call).toEqual({ user: "grace" });
    await near.close();
    expect(far.stats().handlers).toEqual({ running: 0, parked: 0, held: 0 });
  });

  it("wraps calls by its interceptors, and refuses a peer whose context throws", async () => {
    const first = open();
    const seen: string[] = [];
    serve(first.far, api, {
      interceptors: {
        incoming: [
          (call, next) => {
            seen.push(call.path.join("."));
            return next();
          },
        ],
      },
    });
    expect(await first.near.remote.add(2, 2)).toBe(4);
    expect(seen).toEqual(["add"]);
    await first.near.close();

    const second = open();
    const told: unknown[] = [];
    serve(second.far, api, {
      onError: (error) => void told.push(error),
      context: () => {
        throw new RpcError("UNAUTHENTICATED", "please log in");
      },
    });
    expect(await failureOf(second.near.remote.add(1, 2))).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await second.far.closed).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(told).toHaveLength(1);
  });

  it("leaves the session to its owner when it closes, who may serve on it again", async () => {
    const { near, far } = open();
    const server = serve(far, api);
    expect(await near.remote.add(1, 2)).toBe(3);
    expect(() => serve(far, api)).toThrow("this session exposes an API already");
    await server.close();
    expect(far.ended).toBeUndefined();
    expect(await failureOf(near.remote.add(1, 2))).toMatchObject({ code: "UNIMPLEMENTED" });
    serve(far, { add: () => 0 });
    expect(await near.remote.add(1, 2)).toBe(0);
    await near.close();
  });

  it("refuses a session that was opened with an API of its own", async () => {
    const [here, there] = transportPair();
    const session = openSession(there, { expose: {} });
    expect(() => serve(session, api)).toThrow(TypeError);
    here.close();
    await session.closed;
  });
});
