import { afterEach, describe, expect, it, vi } from "vitest";
import {
  defineConnector,
  openSession,
  RpcError,
  type SessionSource,
  type Transport,
  transportPair,
  waitBefore,
} from "../src/index.ts";
import { type Loose, turns } from "./sessions.ts";

afterEach(() => vi.useRealTimers());

/** Servers that a connector dials, one after another. */
function dialled(options: Parameters<typeof defineConnector>[1] = {}, dial?: (count: number) => Transport | undefined) {
  const servers: ReturnType<typeof openSession>[] = [];
  let dials = 0;
  const source: SessionSource = defineConnector(() => {
    const special = dial?.(++dials);
    if (special) return special;
    const [here, there] = transportPair();
    servers.push(openSession(there, { expose: { which: () => servers.length } }));
    return here;
  }, options);
  return { servers, open: source.open({}), dials: () => dials };
}

describe("a connector", () => {
  it("F-23 F20 dials again when the connection is lost, after a wait that grows, and calls wait for it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { servers, open } = dialled({ backoff: { first: 100, random: () => 1 } });
    const states: string[] = [];
    open.onStatus(({ state }) => void states.push(state));
    const first = await open.session();
    expect(await (first.remote as Loose).which()).toBe(1);
    await servers[0]?.close();
    await turns();
    expect(open.status.state).toBe("lost");
    const waiting = Promise.resolve(open.session());
    await turns();
    vi.advanceTimersByTime(100);
    expect(await ((await waiting) as Loose).remote.which()).toBe(2);
    expect(states).toEqual(["ready", "lost", "ready"]);
    await open.close();
    expect(open.status.state).toBe("closed");
    expect(vi.getTimerCount()).toBe(0);
    for (const server of servers) await server.closed;
  });

  it.each([
    ["a goodbye", [20, "UNAVAILABLE", "restarting"]],
    ["a drain", [20, "OK", "closing", 1]],
  ])(
    "F-23 dials again when %s comes together with the hello, and calls wait for the next connection",
    async (_what, goodbye) => {
      const states: string[] = [];
      const { open, dials, servers } = dialled({ backoff: { first: 1 } }, (count) =>
        count > 2 ? undefined : helloAnd(goodbye),
      );
      open.onStatus(({ state }) => void states.push(state));
      expect(await ((await open.session()).remote as Loose).which()).toBe(1);
      expect(states).toEqual(["lost", "lost", "ready"]);
      expect(dials()).toBe(3);
      await open.close();
      await servers[0]?.closed;
    },
  );

  it("gives up at once where trying again cannot help", async () => {
    const { open, dials } = dialled({}, () => {
      throw new RpcError("PERMISSION_DENIED", "not you");
    });
    await expect(Promise.resolve(open.session())).rejects.toMatchObject({ code: "PERMISSION_DENIED", delivered: "no" });
    expect(open.status).toMatchObject({ state: "closed" });
    expect(dials()).toBe(1);
  });

  it("gives up after so many attempts in a row", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { open, dials } = dialled({ attempts: 3, backoff: { first: 10 } }, () => {
      throw new Error("refused");
    });
    const session = Promise.resolve(open.session()).catch((error: unknown) => error);
    for (let attempt = 0; attempt < 5; attempt++) {
      await turns();
      vi.advanceTimersByTime(1000);
    }
    expect(await session).toMatchObject({ code: "UNAVAILABLE", message: "refused" });
    expect(dials()).toBe(3);
  });

  it("that is lazy dials when somebody asks, and not again by itself", async () => {
    const { open, servers } = dialled({ lazy: true });
    await turns();
    expect(servers).toHaveLength(0);
    await open.session();
    expect(servers).toHaveLength(1);
    await servers[0]?.close();
    await turns();
    expect(servers).toHaveLength(1);
    await open.session();
    expect(servers).toHaveLength(2);
    await open.close();
  });

  it("rejects calls while it is down, if it is told to, and those beyond its limit", async () => {
    const down = dialled({ whileDown: "reject", backoff: { first: 100_000 } });
    await down.open.session();
    await down.servers[0]?.close();
    await turns();
    await expect(Promise.resolve(down.open.session())).rejects.toMatchObject({ delivered: "no" });
    await down.open.close();
    const full = dialled({ maxWaiting: 1 }, () => new Promise<never>(() => {}) as never);
    const waiting = Promise.resolve(full.open.session());
    waiting.catch(() => {});
    await expect(Promise.resolve(full.open.session())).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    await full.open.close();
    await expect(waiting).rejects.toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
  });

  it("that is lazy and rejects while it is down lets each call look, and tells it what came of that", async () => {
    let there = false;
    const { open, dials } = dialled({ lazy: true, whileDown: "reject" }, () => {
      if (!there) throw new Error("nobody is there");
      return undefined;
    });
    for (const dialledSoFar of [1, 2]) {
      await expect(Promise.resolve(open.session())).rejects.toMatchObject({
        message: "nobody is there",
        delivered: "no",
      });
      await turns();
      expect(dials()).toBe(dialledSoFar);
    }
    there = true;
    expect(await open.session()).toBeDefined();
    await open.close();
  });

  it("F-28 tells of each connection and each loss, and a hook that throws harms nothing", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const told: string[] = [];
    const { open, servers } = dialled({
      backoff: { first: 100_000 },
      onConnect: () => void told.push("connected"),
      onDisconnect: () => {
        told.push("lost");
        throw new Error("hook");
      },
    });
    await open.session();
    await servers[0]?.close();
    await turns();
    expect(told).toEqual(["connected", "lost"]);
    expect(said).toHaveBeenCalledOnce();
    said.mockRestore();
    await open.close();
  });

  it("is ended by its signal", async () => {
    const controller = new AbortController();
    const { open } = dialled({ signal: controller.signal });
    const session = await open.session();
    controller.abort();
    await turns();
    expect(open.status.state).toBe("closed");
    expect(session.ended).toBeDefined();
  });

  it("waits at most its longest time, and never less than a tenth of it", () => {
    expect(waitBefore(1, { first: 100, random: () => 0 })).toBe(10);
    expect(waitBefore(50, { first: 100, longest: 5000, random: () => 0.999 })).toBeLessThanOrEqual(5000);
    expect(waitBefore(3, { first: 100, factor: 2, random: () => 1 })).toBe(400);
  });
});

/** A way to a side that says hello and something else in one message, as when it is stopped while one connects. */
function helloAnd(message: unknown): Transport {
  const [here, there] = transportPair();
  const body = { session: "far", codec: "clone", carries: "clone", moves: "all", maxMessage: 0, trusted: true };
  const hello = [0, 1, { ...body, features: [], calls: 1024, accepts: 0 }];
  const stop = there.receive(() => {
    stop();
    there.send([hello, message]);
  });
  return here;
}
