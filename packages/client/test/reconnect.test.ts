import {
  type ConnectorOptions,
  defineConnector,
  defineTransport,
  openSession,
  type Session,
  type SessionOptions,
  transportPair,
} from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { createClient, loadBalance, onStatus, status, withOptions } from "../src/index.ts";
import { dialledOnce } from "./dialled-once.ts";
import { failureOf } from "./wire.ts";

/** A place that is dialled again and again; each session there is a new server. */
function place(expose: object, options: ConnectorOptions = {}, serving: SessionOptions = {}) {
  const sessions: Session[] = [];
  const connector = defineConnector(
    () => {
      const [here, there] = transportPair();
      sessions.push(openSession(there, { ...serving, expose }));
      return here;
    },
    { backoff: { first: 1, longest: 2 }, ...options },
  );
  const cut = () => sessions.at(-1)?.close({ reason: { code: "UNAVAILABLE", message: "cut" } });
  return { connector, sessions, cut };
}

/** A source that never gets a connection. */
const nowhere = (options: ConnectorOptions = {}) => defineConnector(() => new Promise<never>(() => {}), options);

describe("a client whose connection was lost", () => {
  it("F-23 keeps its root paths, and the stubs of the dead session stay dead and say so", async () => {
    const api = { count: () => 1, open: () => ({ read: () => "page" }) };
    const { connector, cut } = place(api);
    const client = createClient<typeof api>(connector);
    const { count } = client;
    const file = await client.open();
    expect(await file.read()).toBe("page");
    await cut();
    expect(await count()).toBe(1);
    expect(await failureOf(file.read())).toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining("this stub cannot be used: the session"),
      delivered: "no",
    });
    await client.close();
  });

  it("F-28 F-29 offers its own API and its metadata anew at each connection, and hears of each", async () => {
    type There = { remote: { name(): Promise<string> }; peer: { metadata: unknown } };
    const api = {
      async ask(this: There) {
        return [await this.remote.name(), this.peer.metadata];
      },
    };
    const heard: string[] = [];
    const { connector, cut } = place(api, {
      onConnect: ({ peer }) => heard.push(`connected ${peer.kind}`),
      onDisconnect: ({ message }) => heard.push(message),
    });
    let tokens = 0;
    const client = createClient<{ ask(): Promise<unknown[]> }>(connector, {
      expose: { name: () => "ada" },
      metadata: async () => `token ${++tokens}`,
    });
    const states: string[] = [];
    onStatus(client, (now) => states.push(now.state === "lost" ? `lost: ${now.reason.message}` : now.state));
    expect(await client.ask()).toEqual(["ada", "token 1"]);
    await cut();
    expect(await client.ask()).toEqual(["ada", "token 2"]);
    expect(heard).toEqual(["connected memory", "cut", "connected memory"]);
    expect(states).toEqual(["ready", "lost: cut", "ready"]);
    await client.close();
    expect(states.at(-1)).toBe("closed");
  });

  it("F-23 calls in flight reject with an honest delivered, and nothing is sent twice", async () => {
    let runs = 0;
    const api = { wait: () => new Promise<void>(() => void runs++) };
    const { connector, cut } = place(api);
    const client = createClient<typeof api>(connector);
    const flying = failureOf(client.wait());
    await vi.waitFor(() => expect(runs).toBe(1));
    await cut();
    expect(await flying).toMatchObject({ code: "UNAVAILABLE" });
    expect((await flying)["delivered"]).not.toBe("no");
    await vi.waitFor(() => expect(status(client).state).toBe("ready"));
    expect(runs).toBe(1);
    await client.close();
  });
});

describe("a server that is silent for a while", () => {
  it("F-23 is unresponsive, and then ready again; the call that waited is answered", async () => {
    const held: unknown[] = [];
    let silent = false;
    let letThrough = () => {};
    const dial = () => {
      const [here, there] = transportPair();
      openSession(there, { expose: { wait: () => new Promise((resolve) => setTimeout(() => resolve("done"), 5)) } });
      return defineTransport({
        traits: { carries: "clone" },
        open: (events) => {
          here.receive((message) => (silent ? held.push(message) : events.message(message)));
          here.onClose((reason) => events.end(reason));
          letThrough = () => {
            for (const message of held.splice(0)) events.message(message);
          };
          return { send: (message, moved) => here.send(message, moved), close: (reason) => here.close(reason) };
        },
      });
    };
    const client = createClient<{ wait(): Promise<string> }>(defineConnector(dial), {
      heartbeat: { interval: 5, timeout: 5 },
    });
    const states: string[] = [];
    onStatus(client, ({ state }) => states.push(state));
    await vi.waitFor(() => expect(status(client).state).toBe("ready"));
    silent = true;
    const call = client.wait();
    call.then(undefined, () => {});
    await vi.waitFor(() => expect(status(client).state).toBe("unresponsive"));
    silent = false;
    letThrough();
    expect(await call).toBe("done");
    expect(states).toEqual(["ready", "unresponsive", "ready"]);
    await client.close();
  });
});

describe("calls made while there is no connection", () => {
  it("may be aborted and have deadlines, and then count no longer", async () => {
    const client = createClient<{ one(): number }>(nowhere({ maxWaiting: 2 }));
    for (let round = 0; round < 3; round++) {
      const controller = new AbortController();
      const aborted = failureOf(withOptions(client.one, { signal: controller.signal })());
      const late = failureOf(withOptions(client.one, { timeout: 5 })());
      expect(await failureOf(client.one())).toMatchObject({ code: "RESOURCE_EXHAUSTED", delivered: "no" });
      controller.abort();
      expect(await aborted).toMatchObject({ code: "CANCELLED", delivered: "no" });
      expect(await late).toMatchObject({ code: "DEADLINE_EXCEEDED", delivered: "no" });
    }
    await client.close();
  });

  it("and over several sources as well; one that is down holds nothing for calls that another has taken", async () => {
    const down = nowhere({ maxWaiting: 2 });
    const { connector } = place({ one: () => 1 });
    for (let round = 0; round < 3; round++) {
      const none = createClient<{ one(): number }>(loadBalance([down, down]));
      const late = failureOf(withOptions(none.one, { timeout: 5 })());
      expect(await late).toMatchObject({ code: "DEADLINE_EXCEEDED" });
      await none.close();
    }
    let waiting = 0;
    const watched = {
      open: (options: SessionOptions) => {
        const source = down.open(options);
        const { abandon } = source;
        source.session = ((session) => () => {
          waiting++;
          return session();
        })(source.session.bind(source));
        source.abandon = (promise) => {
          waiting--;
          abandon?.call(source, promise);
        };
        return source;
      },
    };
    const client = createClient<{ one(): number }>(loadBalance([watched, connector]));
    expect(await Promise.all([client.one(), client.one()])).toEqual([1, 1]);
    expect(waiting).toBe(0);
    await client.close();
  });
});

describe("default times of a client", () => {
  it("O-27 count for every call, over whatever source, until withOptions says otherwise", async () => {
    const api = { wait: () => new Promise<void>(() => {}), quick: () => 1 };
    const { connector } = place(api);
    const client = createClient<typeof api>(connector, { timeout: 200 });
    expect(await client.quick()).toBe(1);
    expect(await failureOf(client.wait())).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    const longer = withOptions(client, { timeout: Number.POSITIVE_INFINITY });
    const state = await Promise.race([failureOf(longer.wait()).then(() => "gave up"), failureOf(client.wait())]);
    expect(state).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    await client.close();
    const down = createClient<typeof api>(nowhere(), { timeout: 10 });
    expect(await failureOf(down.quick())).toMatchObject({ code: "DEADLINE_EXCEEDED", delivered: "no" });
    await down.close();
  });

  it("O-27 end streams that are idle, and must be times", async () => {
    const api = {
      async *silent() {
        yield 1;
        await new Promise(() => {});
      },
    };
    const { connector } = place(api);
    const client = createClient<typeof api>(connector, { idleTimeout: 200 });
    const seen: number[] = [];
    const reading = async () => {
      for await (const item of await client.silent()) seen.push(item);
    };
    expect(await failureOf(reading())).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(seen).toEqual([1]);
    await client.close();
    expect(() => createClient(connector, { timeout: -1 })).toThrow("expected timeout to be milliseconds, got -1");
  });
});

describe("the hash of a contract", () => {
  it("is told to both sides at each connection, and differing changes nothing", async () => {
    let theirs = "v1";
    const seen: unknown[] = [];
    const serving = {
      get contract() {
        return theirs;
      },
      admit: ({ peer }: Session) => void seen.push(peer.contract),
    };
    const { connector, cut } = place({ one: () => 1 }, {}, serving);
    const client = createClient<{ one(): number }>(connector, { contract: "v1" });
    const told: unknown[] = [];
    onStatus(client, (now) => now.state === "ready" && told.push(now.contract));
    expect(await client.one()).toBe(1);
    expect(status(client)).toEqual({ state: "ready", contract: "v1" });
    theirs = "v2";
    await cut();
    expect(await client.one()).toBe(1);
    expect(told).toEqual(["v1", "v2"]);
    expect(seen).toEqual(["v1", "v1"]);
    await client.close();
  });

  it("of a transport's client too; who gives none is told of none", async () => {
    const [here, there] = transportPair();
    const server = openSession(there, { expose: { one: () => 1 }, contract: "c0ffee" });
    const client = createClient<{ one(): number }>(here);
    expect(await client.one()).toBe(1);
    expect(status(client)).toEqual({ state: "ready", contract: "c0ffee" });
    expect("contract" in server.peer).toBe(false);
    await client.close();
  });
});

describe("a connection that was lost", () => {
  it("is held by nobody, though its client makes no further call", async () => {
    let last: WeakRef<object> | undefined;
    const onConnect = (session: Session) => {
      last = new WeakRef(session);
    };
    const { source, lose } = dialledOnce({ expose: { ping: () => "pong" } }, { onConnect });
    const client = createClient<{ ping(): string }>(source);
    expect(await client.ping()).toBe("pong");
    lose();
    await vi.waitFor(() => expect(status(client).state).toBe("lost"));
    await vi.waitFor(() => {
      (globalThis.gc as () => void)();
      expect(last?.deref() === undefined).toBe(true);
    });
    await client.close();
  });
});
