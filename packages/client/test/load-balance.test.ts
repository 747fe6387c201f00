import { defineConnector, openSession, type Session, type Transport, transportPair } from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { createClient, loadBalance, onStatus, status } from "../src/index.ts";
import { failureOf } from "./wire.ts";

interface Api {
  name(): string;
  wait(): Promise<string>;
}

/** A server that can be dialled, stopped and started. */
function place(name: string) {
  const sessions = new Set<Session>();
  const finish: (() => void)[] = [];
  let up = true;
  const dial = (): Transport => {
    if (!up) throw new Error(`${name} is down`);
    const [here, there] = transportPair();
    sessions.add(
      openSession(there, {
        expose: { name: () => name, wait: () => new Promise((resolve) => finish.push(() => resolve(name))) },
      }),
    );
    return here;
  };
  return {
    source: defineConnector(dial, { backoff: { first: 1, longest: 1 } }),
    finish: () => {
      for (const each of finish.splice(0)) each();
    },
    stop: async () => {
      up = false;
      for (const session of sessions) await session.close();
    },
    start: () => {
      up = true;
    },
  };
}

describe("loadBalance", () => {
  it("spreads calls over what is ready, leaves out what is not, and takes it back", async () => {
    const [a, b] = [place("a"), place("b")];
    const client = createClient<Api>(loadBalance([a.source, b.source], { pick: "round-robin" }));
    const seen: string[] = [];
    onStatus(client, ({ state }) => seen.push(state));
    await client.name();
    const names = async (count: number) =>
      (await Promise.all(Array.from({ length: count }, () => client.name()))).sort();
    await vi.waitFor(async () => expect(await names(4)).toEqual(["a", "a", "b", "b"]));
    await a.stop();
    expect(await names(4)).toEqual(["b", "b", "b", "b"]);
    expect(status(client)).toEqual({ state: "ready" });
    a.start();
    await vi.waitFor(async () => expect(await names(4)).toEqual(["a", "a", "b", "b"]));
    await client.close();
    expect(status(client).state).toBe("closed");
    expect(seen).toEqual(["ready", "closed"]);
    expect(await failureOf(client.name())).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
  });

  it("takes the least busy one, and lets calls wait while none is ready", async () => {
    const [a, b] = [place("a"), place("b")];
    const client = createClient<Api>(loadBalance([a.source, b.source]));
    await client.name();
    await vi.waitFor(async () => {
      const both = await Promise.all([client.name(), client.name(), client.name()]);
      expect(new Set(both).size).toBe(2);
    });
    const waiting = [client.wait(), client.wait(), client.wait(), client.wait()];
    const busy = Promise.all(waiting);
    await client.name();
    await vi.waitFor(() => {
      a.finish();
      b.finish();
      return Promise.race([busy, Promise.reject(new Error("still waiting"))]);
    });
    expect((await busy).sort()).toEqual(["a", "a", "b", "b"]);
    await Promise.all([a.stop(), b.stop()]);
    const later = client.name();
    later.then(undefined, () => {});
    b.start();
    expect(await later).toBe("b");
    await client.close();
  });

  it("is closed, with a reason, when every source is; and cannot be made of none", async () => {
    const [a, b] = [place("a"), place("b")];
    const signal = AbortSignal.abort();
    const dead = defineConnector(() => transportPair()[0], { signal });
    const client = createClient<Api>(loadBalance([dead, dead]));
    expect(status(client).state).toBe("closed");
    expect(await failureOf(client.name())).toMatchObject({ delivered: "no" });
    expect(() => loadBalance([])).toThrow("expected at least one source");
    await Promise.all([a.stop(), b.stop()]);
  });
});
