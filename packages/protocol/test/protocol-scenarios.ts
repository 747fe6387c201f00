import { vi } from "vitest";
import {
  disposable,
  json,
  openSession,
  RpcTarget,
  retain,
  type SessionOptions,
  type Traits,
  type Transport,
  transportPair,
  withMeta,
} from "../src/index.ts";
import { type Loose, promised, turns, withOptions } from "./sessions.ts";

/** A conversation of PROTOCOL.md: two sessions over text, and what the first one does. */
export interface Scenario {
  /** What the second side exposes. */
  readonly api: () => unknown;
  readonly traits?: Partial<Traits>;
  readonly client?: SessionOptions;
  readonly server?: SessionOptions;
  /** Shows the hellos too. */
  readonly withHello?: boolean;
  run(client: ReturnType<typeof openSession>, server: ReturnType<typeof openSession>): unknown;
}

/** One frame of a conversation. */
export interface Line {
  readonly direction: "→" | "←";
  readonly text: string;
}

class Counter extends RpcTarget {
  #n = 0;
  increase() {
    return ++this.#n;
  }
}

const remoteOf = (session: { readonly remote: unknown }): Loose => session.remote;

/** Lets the handler of the scenario "drain" answer. */
let finish = (): void => {};

/** The conversations, by the names that their blocks in PROTOCOL.md have. */
export const scenarios: Record<string, Scenario> = {
  hello: {
    api: () => ({}),
    withHello: true,
    client: { metadata: { user: "ada", since: new Date(0) }, contract: "c0ffee" },
    run: (client) => client.ready,
  },
  call: {
    api: () => ({ math: { add: (a: number, b: number) => a + b }, echo: (value: unknown) => value }),
    async run(client) {
      await remoteOf(client).math.add(1, 2);
      await remoteOf(client).math.add(3, 4);
      await remoteOf(client).echo("only");
    },
  },
  values: {
    api: () => ({ echo: (value: unknown) => value }),
    run: (client) =>
      remoteOf(client).echo({ at: new Date(5), none: undefined, big: 12n, set: new Set([1, Number.NaN]) }),
  },
  extra: {
    api: () => ({ echo: (value: unknown) => value }),
    run: (client) =>
      withOptions(remoteOf(client).echo, { timeout: 5000, metadata: { trace: "1" }, key: "k1", after: "41" })(1),
  },
  reject: {
    api: () => ({
      fail() {
        throw new TypeError("nobody outside hears of this");
      },
    }),
    run: (client) => promised(remoteOf(client).nothing()).catch(() => {}),
  },
  notify: {
    api: () => ({ log() {} }),
    run: (client) => withOptions(remoteOf(client).log, { notify: true })("done"),
  },
  runs: {
    api: () => ({ add: (a: number, b: number) => a + b }),
    run: (client) => Promise.all([1, 2, 3, 4, 5].map((n) => remoteOf(client).add(n, n))),
  },
  callbacks: {
    api: () => ({
      async each(times: number, callback: (n: number) => number) {
        // In a turn of its own: what a handler sends within its first is not kept for more than a millisecond.
        await undefined;
        return Promise.all(Array.from({ length: times }, (_, n) => callback(n)));
      },
    }),
    run: (client) => remoteOf(client).each(8, (n: number) => n * 2),
  },
  cancel: {
    api: () => ({ wait: () => new Promise(() => {}) }),
    async run(client) {
      const controller = new AbortController();
      const call = promised(withOptions(remoteOf(client).wait, { signal: controller.signal })());
      await turns();
      controller.abort();
      await call.catch(() => {});
    },
  },
  pipeline: {
    api: () => ({ user: (id: number) => ({ name: () => `user ${id}` }), greet: (name: string) => `hello ${name}` }),
    run: (client) => remoteOf(client).greet(remoteOf(client).user(7).name()),
  },
  lend: {
    api: () => ({ each: async (fn: Loose) => [await fn(1)] }),
    run: (client) => remoteOf(client).each((n: number) => n * 2),
  },
  retain: {
    api: () => ({
      on(fn: Loose) {
        const kept = retain(fn);
        return disposable(() => kept[Symbol.dispose]());
      },
    }),
    async run(client) {
      const off = await remoteOf(client).on(() => {});
      off[Symbol.dispose]();
    },
  },
  target: {
    api: () => {
      const counter = new Counter();
      return { counter: () => counter, same: (value: unknown) => value === counter };
    },
    async run(client) {
      const stub = await remoteOf(client).counter();
      await stub.increase();
      await remoteOf(client).same(stub);
    },
  },
  promise: {
    api: () => ({ take: async ({ soon }: { soon: Promise<unknown> }) => soon }),
    run: (client) => remoteOf(client).take({ soon: new Promise((resolve) => setImmediate(() => resolve("now"))) }),
  },
  signal: {
    api: () => ({
      wait: ({ signal }: { signal: AbortSignal }) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve("stopped"))),
    }),
    async run(client) {
      const controller = new AbortController();
      const call = promised(remoteOf(client).wait({ signal: controller.signal }));
      await turns();
      controller.abort("enough");
      await call;
    },
  },
  stream: {
    api: () => ({
      async *count(to: number) {
        for (let n = 0; n < to; n++) yield n;
        return "the end";
      },
    }),
    async run(client) {
      for await (const _ of remoteOf(client).count(3));
    },
  },
  meta: {
    api: () => ({
      async *events() {
        yield withMeta("joined", { id: "1", retry: 500 });
      },
    }),
    async run(client) {
      for await (const _ of remoteOf(client).events());
    },
  },
  stop: {
    api: () => ({
      async *count() {
        for (let n = 0; n < 2; n++) yield n;
        await new Promise(() => {});
      },
    }),
    client: { limits: { windowItems: 2, maxWindowItems: 2 } },
    async run(client) {
      const stream = await remoteOf(client).count();
      await stream.next();
      const stopped = stream.return();
      await stopped;
    },
  },
  upload: {
    api: () => ({
      async sum(numbers: AsyncIterable<number>) {
        let sum = 0;
        for await (const n of numbers) sum += n;
        return sum;
      },
    }),
    run: (client) =>
      remoteOf(client).sum(
        (async function* () {
          yield 1;
          yield 2;
        })(),
      ),
  },
  writable: {
    api: () => ({
      async write(sink: WritableStream) {
        const writer = sink.getWriter();
        await writer.write("one");
        await writer.close();
      },
    }),
    run: (client) => remoteOf(client).write(new WritableStream()),
  },
  fragment: {
    api: () => ({ echo: (value: string) => value.length }),
    traits: { maxMessage: 200 },
    run: (client) => remoteOf(client).echo("x".repeat(200)),
  },
  ping: { api: () => ({}), run: (client) => client.ping() },
  drain: {
    api: () => ({
      finish: () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    }),
    async run(client, server) {
      const call = promised(remoteOf(client).finish());
      await turns();
      const closing = server.close({ drain: 60_000 });
      await turns();
      finish();
      await Promise.all([call, closing]);
    },
  },
  channel: {
    api: () => ({ ping: () => "pong" }),
    withHello: true,
    client: { channel: "files" },
    server: { channel: "files" },
    run: (client) => remoteOf(client).ping(),
  },
};

/** Runs a conversation, and says what went over the wire. */
export async function converse(scenario: Scenario): Promise<Line[]> {
  const [here, there] = transportPair({ traits: { carries: "text", trusted: false, ...scenario.traits } });
  const lines: Line[] = [];
  const tapped = tapLines(here, lines);
  const server = openSession(there, { expose: scenario.api(), codec: json(), onError: () => {}, ...scenario.server });
  const client = openSession(tapped, { codec: json(), onError: () => {}, ...scenario.client });
  if (!scenario.withHello) {
    await client.ready;
    await turns();
    lines.length = 0;
  }
  await scenario.run(client, server);
  await turns();
  // A turn more for what is said after the last answer.
  const said = [...lines];
  await client.close();
  await server.close();
  return withoutNames(said);
}

function tapLines(transport: Transport, lines: Line[]): Transport {
  return new Proxy(transport, {
    get(target, key) {
      if (key === "send") {
        return (message: unknown, transfer?: readonly object[]) => {
          lines.push({ direction: "→", text: String(message) });
          target.send(message, transfer);
        };
      }
      if (key === "receive") {
        return (receiver: (message: unknown) => void) =>
          target.receive((message) => {
            lines.push({ direction: "←", text: String(message) });
            receiver(message);
          });
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Sessions choose their names at random: in the document they are `client` and `server`. */
function withoutNames(lines: readonly Line[]): Line[] {
  const names = new Map<string, string>();
  for (const { direction, text } of lines) {
    const name = /"session":"([^"]+)"/.exec(text)?.[1];
    if (name) names.set(name, direction === "→" ? "client" : "server");
  }
  return lines.map(({ direction, text }) => {
    let named = text;
    for (const [name, readable] of names) named = named.replaceAll(name, readable);
    return { direction, text: named };
  });
}

/** Plays one side of a conversation to a session of the other: what it answers. */
export async function replay(scenario: Scenario, lines: readonly Line[]): Promise<string[]> {
  const [here, there] = transportPair({ traits: { carries: "text", trusted: false, ...scenario.traits } });
  const answers: string[] = [];
  here.receive((message) => void answers.push(String(message)));
  const server = openSession(there, { expose: scenario.api(), codec: json(), onError: () => {}, ...scenario.server });
  const body = { ...{ session: "client", codec: "json", carries: "text", moves: "all", maxMessage: 0 }, trusted: true };
  const maxMessage = scenario.traits?.maxMessage ?? 0;
  here.send(JSON.stringify([0, 1, { ...body, maxMessage, features: [], calls: 1024, accepts: 16777216 }]));
  await turns();
  answers.length = 0;
  for (const { direction, text } of lines) {
    // What stands together left together; an answer takes a while.
    if (direction === "→") here.send(text);
    else await turns();
  }
  const expected = lines.filter(({ direction }) => direction === "←").length;
  await vi.waitUntil(() => answers.length >= expected, { timeout: 1000, interval: 5 }).catch(() => {});
  await turns();
  const heard = [...answers];
  await server.close();
  return heard;
}
