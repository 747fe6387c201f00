// The sessions of a page: what main and other pages can be asked for, by `executeJavaScript`.
import { type Client, createClient, notify, onStatus, release, safe, stats, transfer } from "@portolan/client";
import { openSession } from "@portolan/protocol";
import { type Server, serve } from "@portolan/server";
import { mainConnector, mainTransport, peerListener } from "../../../src/renderer/index.ts";
import { type MainApi, makePageApi, type PageApi, Point, registerPoint } from "./apis.ts";
import type { PortApi } from "./utility-rpc.ts";

let client: Client<MainApi>;
let links: Server;
const page = makePageApi(location.pathname.split("/").at(-1) ?? "");

function facts(error: unknown): unknown {
  const { name, message, code, data, delivered, cause, stack } = error as Record<string, unknown> & Error;
  return {
    name,
    message,
    code,
    data,
    delivered,
    stack: String(stack).includes("page.js"),
    farStack: String(stack).includes("main.mjs"),
    cause: cause === undefined ? undefined : { ...(cause as object), ...(facts(cause) as object) },
  };
}

const failing = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then((value) => ({ value }), facts);

/** Everything a page can be told to do with its sessions. */
export const rpc = {
  connect: (name?: string): void => {
    client = createClient<MainApi>(mainTransport(name === undefined ? {} : { name }), { expose: page.api });
  },
  connector: (): void => {
    client = createClient<MainApi>(mainConnector(), { expose: page.api });
  },
  add: (a: number, b: number) => client.add(a, b),
  whoAmI: () => client.whoAmI(),
  failing: (name: "fail" | "failForeign" | "giveProcess" | "giveBlob" | "hang" | "whoAmI") => failing(client[name]()),
  send: {
    element: () => failing(client.echo({ deep: [document.body] })),
    blob: () => failing(client.echo({ deep: [new Blob(["x"])] })),
    rect: () => failing(client.echo([new DOMRect(1, 2, 3, 4)])),
    location: () => failing(client.echo({ location })),
  },
  async progress(steps: number) {
    const seen: number[] = [];
    return { answer: await client.progress(steps, (step) => seen.push(step)), seen };
  },
  async count(to: number, stopAt = Number.POSITIVE_INFINITY) {
    let items = 0;
    for await (const item of client.count(to)) if (++items === stopAt || item < 0) break;
    return items;
  },
  async many(times: number) {
    const answers = await Promise.all(Array.from({ length: times }, (_, n) => client.add(n, n)));
    return answers.every((answer, n) => answer === 2 * n);
  },
  async values() {
    const sent = {
      date: new Date(5),
      big: 12n,
      undefined: undefined,
      map: new Map([["a", new Set([1])]]),
      error: new RangeError("r"),
      bytes: new Uint8Array([1, 2]),
    };
    const back = (await client.echo(sent)) as typeof sent;
    const proto: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    const own = (await client.echo(proto)) as object;
    return {
      kinds: Object.values(back).map((value) => Object.prototype.toString.call(value)),
      own: Object.hasOwn(own, "__proto__"),
      polluted: "polluted" in {},
    };
  },
  async buffers() {
    const moved = new ArrayBuffer(1024);
    return { there: await client.size(transfer(moved)), here: moved.byteLength };
  },
  setTitle: (title: string): void => notify(client.setTitle)(title),
  async subscriptions() {
    const seen: unknown[][] = [];
    const first = await client.watch((...args: unknown[]) => seen.push(args));
    const second = await client.watch((...args: unknown[]) => seen.push(args));
    await client.change("one");
    release(first);
    await client.change("two");
    release(second);
    await client.add(1, 1);
    await client.change("three");
    return seen;
  },
  async slowly(items: number) {
    const taken: number[] = [];
    for await (const n of client.numbers()) {
      taken.push(n);
      if (taken.length === items) await new Promise((done) => setTimeout(done, 100));
      if (taken.length > items) break;
    }
    return taken.length;
  },
  async classes() {
    const refused = await failing(client.echo(new Point(1, 2)));
    registerPoint();
    const back = (await client.echo(new Point(1, 2))) as Point;
    return { refused, back: back instanceof Point && back.length() };
  },
  /** Two sessions of two APIs on one port. */
  async channels() {
    const port = mainTransport({ name: "channels" });
    const files = openSession<MainApi>(port, { channel: "files" });
    const other = openSession<MainApi>(port, { channel: "other" });
    const sums = await Promise.all([files.remote.add(1, 2), other.remote.add(3, 4)]);
    const twice = await failing((async () => openSession(port, { channel: "files" }))());
    await files.close();
    const left = await other.remote.add(5, 6);
    return { sums, twice, left };
  },
  /** Everything at once, never to be answered. */
  busy(): void {
    for (let n = 0; n < 100; n++) void failing(client.hang());
    for (let n = 0; n < 10; n++) void drainForever();
    for (let n = 0; n < 10; n++) void client.subscribe(() => new Promise(() => {}));
  },
  close: () => client.close(),
  stats: () => stats(client),
  heard: () => page.heard,
  statuses: [] as string[],
  watch: () => void onStatus(client, ({ state }) => rpc.statuses.push(state)),
  /** Waits until the connection was lost, and is there again. */
  async back() {
    const isBack = (): boolean => rpc.statuses.includes("lost") && rpc.statuses.at(-1) === "ready";
    if (!isBack()) await new Promise<void>((done) => onStatus(client, () => isBack() && done()));
    return rpc.statuses;
  },
  peers(name: string): void {
    links = serve(peerListener({ name }), page.api);
  },
  /** Whoever is linked now, or next. */
  met: async () => createClient<PageApi>(await links.when(() => true)),
  async askPeer() {
    const peer = await rpc.met();
    const { data } = await safe(peer.add(2, 3));
    const next = await peer.counter();
    return [await peer.title(), data, await next(), await next()];
  },
  /** Lets the other window work, and counts how often main answers meanwhile. */
  async crunchElsewhere(ms: number) {
    const peer = await rpc.met();
    const work = peer.crunch(ms).then((answer) => {
      done = true;
      return answer;
    });
    let done = false;
    let answers = 0;
    for (; !done; answers++) await client.add(answers, 1);
    return { answer: await work, answers };
  },
  async hangElsewhere() {
    return failing((await rpc.met()).hang());
  },
  /** Moves a port to the utility process inside a call, and gets one back. */
  async portsOfPeer() {
    const peer = (await rpc.met()) as unknown as Client<PortApi>;
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((done) => {
      port1.onmessage = ({ data }) => done([...data]);
    });
    await peer.talk({ deep: [{ port: transfer(port2) }] } as never);
    port1.postMessage(new Map([["from", "the page"]]));
    const other = new MessageChannel();
    const { port } = (await peer.giveBack({ port: transfer(other.port2) } as never)) as unknown as {
      port: MessagePort;
    };
    const back = new Promise((done) => {
      other.port1.onmessage = ({ data }) => done(data);
    });
    port.postMessage("through the port that came back");
    return { answer: await answer, heard: await peer.heard(), back: await back, kind: String(port) };
  },
};

async function drainForever(): Promise<void> {
  try {
    for await (const item of client.forever()) if (item < 0) break;
  } catch {
    // The session ended with the page: nobody is left to be told.
  }
}
