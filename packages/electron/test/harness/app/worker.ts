// The service worker of the tests. Main tells it what to do, by what it exposes on the line "control".
import { createClient, safe, stats } from "@portolan/client";
import { mainConnector, mainTransport } from "../../../src/renderer/index.ts";
import { workerHand } from "../../../src/words.ts";
import type { MainApi } from "./apis.ts";
import { report } from "./page-conformance.ts";

const scope = self as unknown as { skipWaiting(): Promise<void>; clients: { claim(): Promise<void> } };
addEventListener("install", (event) => (event as unknown as Extendable).waitUntil(scope.skipWaiting()));
addEventListener("activate", (event) => (event as unknown as Extendable).waitUntil(scope.clients.claim()));

interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}

/** Runs of this script are told apart by it. */
const born = crypto.randomUUID();
let streamsEnded = 0;

const api = {
  born: () => born,
  url: () => location.href,
  hang: () => new Promise<never>(() => {}),
  forever: async function* () {
    try {
      for (let n = 0; ; n++) {
        yield n;
        await new Promise((done) => setTimeout(done, 5));
      }
    } finally {
      streamsEnded++;
    }
  },
  streamsEnded: () => streamsEnded,
  subscribe: (callback: (value: unknown) => unknown) => callback("now"),
  /** Everything main offers, over a connection of its own. */
  async callMain(name: string) {
    const main = createClient<MainApi>(mainTransport({ name }), { expose: { title: () => "worker" } });
    const steps: number[] = [];
    const taken: number[] = [];
    for await (const n of main.count(1000)) {
      taken.push(n);
      if (n === 300) break;
    }
    const sent = { date: new Date(5), big: 12n, map: new Map([["a", new Set([1])]]), bytes: new Uint8Array([1, 2]) };
    const back = (await main.echo(sent)) as typeof sent;
    const own = (await main.echo(JSON.parse('{"__proto__":{"polluted":1}}'))) as object;
    const found = {
      add: await main.add(1, 2),
      who: await main.whoAmI(),
      progress: [await main.progress(3, (step) => steps.push(step)), steps],
      taken: taken.length,
      kinds: Object.values(back).map((value) => Object.prototype.toString.call(value)),
      own: [Object.hasOwn(own, "__proto__"), "polluted" in {}],
      fail: facts(await safe(main.fail())),
      foreign: facts(await safe(main.failForeign())),
      port: facts(await safe(main.echo(new MessageChannel().port1))),
      blob: facts(await safe(main.echo({ deep: [new Blob(["x"])] }))),
      many: (await Promise.all(Array.from({ length: 2000 }, (_, n) => main.add(n, n)))).at(-1),
      stats: stats(main),
    };
    await main.close();
    return found;
  },
  /** How a way to main under this name ends. */
  async ending(name: string) {
    const { code, message, by } = await mainTransport({ name }).closed;
    return { code, message, by };
  },
  async connector(name: string) {
    const { error } = await safe(createClient<MainApi>(mainConnector({ name })).add(1, 2));
    return { code: error?.code, message: error?.message };
  },
  /** Says words to main that no Portolan would. */
  forge(words: readonly unknown[]) {
    const hand = (globalThis as unknown as { [workerHand]: (hear: unknown) => (word: unknown) => void })[workerHand];
    const heard: unknown[] = [];
    const say = hand((word: unknown) => void heard.push(word));
    for (const word of words) say(word);
    return new Promise<unknown[]>((done) => {
      // Main answers what it is asked in order, so the answer to this is the last one.
      const last = mainTransport({ name: "nobody answers to this" });
      void last.closed.then(() => done(heard.filter((word) => (word as unknown[])[0] === "forged")));
    });
  },
  /** Opens lines until one is refused, and then one more in the place of another. */
  async lines() {
    const open = Array.from({ length: 70 }, () => mainTransport({ name: "control" }));
    const ends = await Promise.race(open.map((each) => each.closed));
    const refused = open.filter((each) => each.ended).length;
    for (const each of open) each.close();
    const again = await safe(createClient<MainApi>(mainTransport({ name: "main" })).add(2, 2));
    return { code: ends.code, first: refused > 0, again: again.data };
  },
  conformance: (name: string, only?: string) => report(() => ({ near: mainTransport({ name }) }), only),
};

export type WorkerApi = typeof api;

const control = mainTransport({ name: "control" });
createClient(control, { expose: api });

// A page asks how the line ended, where main cannot.
addEventListener("message", ({ ports: [port] }) => {
  void control.closed.then(({ code, message }) => port?.postMessage({ code, message }));
});

function facts({ error }: { error: unknown }): unknown {
  const { code, message, cause } = (error ?? {}) as Record<string, unknown>;
  return { code, message, cause: cause === undefined ? undefined : String(cause) };
}
