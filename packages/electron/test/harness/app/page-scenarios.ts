import { MessageChannelMain, type MessagePortMain } from "electron";
import { rendererListener } from "../../../src/main/index.ts";
import { acceptAll, ending, file, inPage, listenerCounts, loaded, open, type Scenario } from "./scenario.ts";

const allow = [file("index.html"), file("other.html"), file("outer.html")];

/** One page and main: what crosses, and how it ends. */
export const pageScenarios: Record<string, Scenario> = {
  async "no preload"() {
    const window = await open();
    return inPage(window, 'wire.open("a"), wire.ended("a")');
  },
  async "no listener"() {
    const window = await open();
    const began = performance.now();
    const reason = await inPage(window, 'wire.open("a"), wire.ended("a")');
    return { reason, ms: performance.now() - began };
  },
  async values() {
    const { next } = acceptAll(rendererListener({ allow }));
    const window = await open();
    const page = inPage(
      window,
      `wire.open("a"),
       wire.send("a", { date: new Date(5), big: 12n, map: new Map([[1, new Set([2])]]), bytes: new Uint8Array([1, 2]), hole: [, 1], nan: NaN }),
       wire.send("a", JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')),
       wire.heard("a", 2).then(([first, second]) => ({
         kinds: Object.values(first[1]).map((value) => Object.prototype.toString.call(value)),
         own: Object.hasOwn(second[1], "__proto__"), polluted: ({}).polluted === true,
         peer: wire.peer("a"), strays: wire.strays(), globals: wire.globals() }))`,
    );
    const transport = await next();
    const { webContents, window: shown, frame, kind, origin, url, trusted } = transport.peer;
    return {
      page: await page,
      polluted: ({} as { polluted?: boolean }).polluted === true,
      peer: {
        kind,
        origin,
        trusted,
        url: String(url).endsWith("/index.html"),
        window: shown === window,
        webContents: webContents === window.webContents,
        frame: frame === window.webContents.mainFrame,
      },
      traits: transport.traits,
    };
  },
  async "refused by the platform"() {
    const { next } = acceptAll(rendererListener({ allow }));
    const window = await open();
    await inPage(window, 'wire.open("a")');
    const transport = await next();
    const refusals = [];
    for (const [message, transfer] of [
      [{ f() {} }, []],
      [{ window }, []],
      [new ArrayBuffer(8), [new ArrayBuffer(8)]],
    ] as const) {
      try {
        transport.send(message, transfer);
        refusals.push("sent");
      } catch (error) {
        refusals.push(String(error));
      }
    }
    const page = await inPage(
      window,
      '[wire.send("a", { f() {} }), wire.send("a", document.body), wire.send("a", ["still there"])]',
    );
    transport.send(new ArrayBuffer(8));
    const heard = await inPage(
      window,
      'wire.heard("a", 2).then((all) => all.map((one) => one instanceof ArrayBuffer ? one.byteLength : one))',
    );
    return { refusals, page, heard, ended: transport.ended ?? null };
  },
  async "ports move"() {
    const { next } = acceptAll(rendererListener({ allow }), { echo: false });
    const window = await open();
    const answer = inPage(window, 'wire.open("a"), wire.sendPort("a")');
    const transport = await next();
    const arrived = await new Promise<{ deep: { port: MessagePortMain }[]; note: string }>((done) =>
      transport.receive(done as never),
    );
    arrived.deep[0]?.port.postMessage("from main");
    const { port1, port2 } = new MessageChannelMain();
    const inMain = new Promise((done) => port1.on("message", ({ data }) => done(data)));
    port1.start();
    const message = { port: port2, same: port2 };
    transport.send({ port: port2 }, [port2]);
    const inThePage = inPage(window, 'wire.answerPort("a")');
    const heard = await inMain;
    port1.postMessage("and back");
    return {
      answer: await answer,
      note: arrived.note,
      heard,
      inThePage: await inThePage,
      untouched: message.port === port2,
    };
  },
  async reloads() {
    const arrivals = acceptAll(rendererListener({ allow }));
    const window = await open();
    const counts = [];
    const reasons = new Set<string>();
    for (let round = 0; round < 200; round++) {
      await inPage(window, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
      const transport = await arrivals.next();
      if (round % 100 === 1) counts.push(listenerCounts(window));
      const reloaded = loaded(window);
      window.webContents.reload();
      const { code, message } = await transport.closed;
      reasons.add(`${code} ${message.replace(/file:.*/, "…")}`);
      await reloaded;
    }
    return { counts, idle: listenerCounts(window), reasons: [...reasons], sessions: arrivals.transports.length };
  },
  async "each ending"() {
    const arrivals = acceptAll(rendererListener({ allow }));
    const ends: Record<string, unknown> = {};
    const window = await open();
    const connect = async () => {
      await inPage(window, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
      return arrivals.next();
    };
    for (const [name, act] of [
      ["closed by the page", () => inPage(window, 'wire.close("a")')],
      ["navigated", () => void window.loadFile(file("other.html"))],
      ["hash", () => inPage(window, 'location.hash = "x", history.pushState({}, "", "#y")')],
      ["crashed", () => window.webContents.forcefullyCrashRenderer()],
      ["window closed", () => window.close()],
    ] as const) {
      const transport = await connect();
      const settled = loaded(window);
      const end = ending(transport);
      act();
      if (name === "hash") {
        await inPage(window, 'wire.send("a", 2), wire.heard("a", 2)');
        ends[name] = transport.ended ?? "still there";
        transport.close();
        await inPage(window, 'wire.ended("a")');
        continue;
      }
      ends[name] = await end;
      try {
        transport.send(1);
      } catch (error) {
        ends[`${name}, then`] = (error as { code?: string; delivered?: string }).code;
      }
      if (name === "navigated") await settled;
      if (name === "crashed") {
        window.webContents.reload();
        await settled;
      }
    }
    return { ends, ...listenerCounts() };
  },
  async "main closes"() {
    const { next } = acceptAll(rendererListener({ allow }));
    const window = await open();
    await inPage(window, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
    const transport = await next();
    transport.send(["last words"]);
    transport.close();
    return inPage(
      window,
      'wire.ended("a").then((reason) => ({ reason, heard: wire.heard("a", 2) })).then(async ({ reason, heard }) => ({ reason, heard: await heard, afterwards: wire.send("a", 3) }))',
    );
  },
  async "a client in a bundled preload"() {
    acceptAll(rendererListener({ allow, name: "preload" }));
    const window = await open("index.html", { webPreferences: { preload: file("preload-client.cjs") } });
    return inPage(window, "fromPreload.answer()");
  },
};
