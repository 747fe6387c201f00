import { createClient, stats, transfer } from "@portolan/client";
import { openSession, relay } from "@portolan/protocol";
import { type Server, serve } from "@portolan/server";
import { type BrowserWindow, MessageChannelMain, screen, utilityProcess } from "electron";
import { connectFrames, rendererListener, utilityTransport } from "../../../src/main/index.ts";
import { makeMainApi, type PageApi, registerPoint } from "./apis.ts";
import { afterwards, file, inPage, loaded, open, type Scenario } from "./scenario.ts";
import type { PortApi } from "./utility-rpc.ts";

const allow = [file("index.html"), file("other.html")];

/** Serves the test API to the pages of this app. */
export function serveMain(options: Parameters<typeof serve>[2] = {}): {
  server: Server;
  seen: ReturnType<typeof makeMainApi>["seen"];
  errors: string[];
} {
  const { api, seen } = makeMainApi();
  const errors: string[] = [];
  const server = serve(rendererListener({ allow }), api, {
    onError: (error) => errors.push(String(error)),
    ...options,
  });
  afterwards(() => server.close());
  return { server, seen, errors };
}

/** Calls, callbacks, streams and errors between main, pages and utility processes. */
export const sessionScenarios: Record<string, Scenario> = {
  async "a page calls main"() {
    const { seen } = serveMain();
    const window = await open();
    await inPage(window, "rpc.connect()");
    return {
      add: await inPage(window, "rpc.add(1, 2)"),
      who: ((await inPage(window, "rpc.whoAmI()")) as { window: number }).window === window.id,
      progress: await inPage(window, "rpc.progress(3)"),
      count: await inPage(window, "rpc.count(1000)"),
      broken: await inPage(window, "rpc.count(1000, 7)"),
      finished: seen.finished,
      many: await inPage(window, "rpc.many(5000)"),
      values: await inPage(window, "rpc.values()"),
      polluted: "polluted" in {},
      buffers: await inPage(window, "rpc.buffers()"),
      stats: await inPage(window, "rpc.stats()"),
    };
  },
  async "small things"() {
    const { seen } = serveMain();
    const { api } = makeMainApi();
    afterwards(registerPoint());
    const listener = rendererListener({ allow, name: "channels" });
    listener.accept((transport) => {
      for (const channel of ["files", "other"]) openSession(transport, { channel, expose: api });
    }, console.error);
    afterwards(() => listener.close());
    const window = await open();
    await inPage(window, "rpc.connect()");
    await inPage(window, 'rpc.setTitle("From the page"), rpc.add(1, 1)');
    return {
      title: window.getTitle(),
      watched: await inPage(window, "rpc.subscriptions()"),
      watching: seen.watching,
      taken: await inPage(window, "rpc.slowly(5)"),
      produced: seen.produced,
      classes: await inPage(window, "rpc.classes()"),
      channels: await inPage(window, "rpc.channels()"),
      globals: await inPage(
        window,
        'wire.globals().concat(typeof require, typeof process, "ipcRenderer" in globalThis)',
      ),
    };
  },
  async "errors cross with all they carry"() {
    serveMain({ exposeErrors: true });
    const window = await open();
    await inPage(window, "rpc.connect()");
    return [await inPage(window, 'rpc.failing("fail")'), await inPage(window, 'rpc.failing("failForeign")')];
  },
  async "errors stay in main by default"() {
    const { errors } = serveMain();
    const window = await open();
    await inPage(window, "rpc.connect()");
    return { told: await inPage(window, 'rpc.failing("failForeign")'), errors };
  },
  async "what cannot cross is named"() {
    serveMain({ exposeErrors: true });
    const window = await open();
    await inPage(window, "rpc.connect()");
    const refusals = [];
    for (const what of ["element", "blob", "rect", "location"])
      refusals.push(await inPage(window, `rpc.send.${what}()`));
    refusals.push(await inPage(window, 'rpc.failing("giveProcess")'));
    return { refusals, add: await inPage(window, "rpc.add(1, 2)") };
  },
  async "main calls its windows"() {
    const { server } = serveMain();
    const windows = [await open(), await open("other.html")];
    for (const window of windows) await inPage(window, "rpc.connect(), rpc.add(1, 1)");
    const [first, second] = windows as [BrowserWindow, BrowserWindow];
    const session = await server.when((peer) => peer["window"] === second);
    const page = createClient<PageApi>(session);
    const next = await page.counter();
    const refusals = [];
    for (const value of [{ deep: [second] }, { env: second.webContents }, [screen], new Blob(["x"])]) {
      refusals.push(
        await page.tell(value).then(
          () => "sent",
          (error: Error) => error.message,
        ),
      );
    }
    const titles = await Promise.allSettled([...server.sessions].map((each) => createClient<PageApi>(each).title()));
    first.destroy();
    const afterOneClosed = await Promise.allSettled(
      [...server.sessions].map((each) => createClient<PageApi>(each).title()),
    );
    return {
      title: await page.title(),
      counter: [await next(), await next()],
      error: await page
        .fail()
        .catch((error: { name: string; code: string; message: string }) => [error.name, error.code, error.message]),
      refusals,
      titles: titles.map((each) => (each.status === "fulfilled" ? each.value : each.reason.code)),
      afterOneClosed: afterOneClosed.map((each) => (each.status === "fulfilled" ? each.value : each.reason.code)),
    };
  },
  async "who is not allowed hears why"() {
    const { server, seen, errors } = serveMain();
    const window = await open("outer.html");
    await inPage(window, "rpc.connect()");
    const once = await inPage(window, 'rpc.failing("hang")');
    await inPage(window, "rpc.connector()");
    const again = await inPage(window, 'rpc.failing("hang")');
    return { once, again, sessions: server.sessions.size, started: seen.started, errors: errors.length };
  },
  async "context refuses a window"() {
    const { server } = serveMain({
      context: (peer) => {
        throw new Error(`not ${String(peer.kind)}`);
      },
    });
    const window = await open();
    await inPage(window, "rpc.connect()");
    return { told: await inPage(window, 'rpc.failing("whoAmI")'), sessions: server.sessions.size };
  },
  async "two windows call one another"() {
    return linked(await open(), await open("other.html"), {});
  },
  async "two windows by way of main"() {
    return linked(await open(), await open("other.html"), { via: "main" });
  },
  async "a hidden window works for another"() {
    // Main lets in the editor only. The worker window is hidden like all windows here; nothing but the link reaches it.
    const { api } = makeMainApi();
    const server = serve(rendererListener({ allow: file("index.html") }), api, { onError: () => {} });
    afterwards(() => server.close());
    const editor = await open("index.html");
    const worker = await open("other.html");
    const link = connectFrames(editor, worker, { name: "work" });
    await inPage(worker, 'rpc.peers("work"), rpc.connect()');
    await inPage(editor, 'rpc.connect(), rpc.peers("work")');
    const untrusted = await inPage(worker, 'rpc.failing("whoAmI")');
    const { answer, answers } = await inPage<{ answer: string; answers: number }>(editor, "rpc.crunchElsewhere(300)");
    const hanging = inPage(editor, "rpc.hangElsewhere()");
    await inPage(editor, "rpc.add(1, 1)");
    // The editor hears of the crash by its port, at times before main does, and Electron loses a reload before that.
    const gone = new Promise((done) => worker.webContents.once("render-process-gone", () => setImmediate(done)));
    worker.webContents.forcefullyCrashRenderer();
    const crashed = await hanging;
    await gone;
    const lives = await inPage(editor, "rpc.add(1, 2)");
    const back = loaded(worker);
    worker.webContents.reload();
    await back;
    await inPage(worker, 'rpc.peers("work")');
    const again = await inPage(editor, "rpc.crunchElsewhere(1)");
    link.close();
    return { untrusted, answer, answers, crashed, lives, again };
  },
  async "instead of sendSync"() {
    const { server } = serveMain();
    const window = await open("index.html", {
      webPreferences: { preload: file("preload-start.cjs"), additionalArguments: ["--theme=dark"] },
    });
    await inPage(window, "rpc.connect(), rpc.add(1, 1)");
    // Main asks before the window closes.
    const closed = new Promise((done) => window.once("closed", () => done("closed")));
    const asked: boolean[] = [];
    window.on("close", async (event) => {
      event.preventDefault();
      const page = createClient<PageApi>(await server.when((peer) => peer["window"] === window));
      const may = await page.mayClose();
      asked.push(may);
      if (may) window.destroy();
      else window.close();
    });
    const theme = await inPage(window, "start.theme");
    window.close();
    return { theme, closed: await closed, asked };
  },
  async "main and a utility process"() {
    const utility = createClient<UtilityApi>(utilityTransport(() => utilityProcess.fork(file("utility-rpc.mjs"))));
    const steps: number[] = [];
    const found = await utility.index("abc", (step) => steps.push(step));
    const crash = await utility
      .leave(3)
      .catch((error: { code: string; message: string }) => [error.code, error.message]);
    return { found, steps, crash };
  },
  async "a port inside a call to a utility process, and back"() {
    const utility = createClient<PortApi & UtilityApi>(
      utilityTransport(() => utilityProcess.fork(file("utility-rpc.mjs"))),
    );
    const { port1, port2 } = new MessageChannelMain();
    const answer = new Promise((done) => port1.once("message", ({ data }) => done([...data])));
    port1.start();
    const argument = { deep: [{ port: transfer(port2) }] } as const;
    const kind = await utility.talk(argument as never);
    port1.postMessage(new Map([["from", "main"]]));
    const heard = await utility.heard();
    const other = new MessageChannelMain();
    const refused = await utility.giveBack({ port: transfer(other.port2) }).then(
      () => "given back",
      ({ code, message }: { code: string; message: string }) => ({ code, message }),
    );
    const alive = await utility.index("abc", () => {});
    const left = stats(utility);
    await utility.close();
    return { kind, answer: await answer, heard, untouched: argument.deep[0].port === port2, refused, alive, left };
  },
  async "a port inside a call of a page to a utility process, and back"() {
    const window = await open();
    const child = utilityProcess.fork(file("utility-rpc.mjs"));
    const link = connectFrames(window, child, { name: "doc" });
    const answers = await inPage(window, 'rpc.peers("doc"), rpc.portsOfPeer()');
    link.close();
    child.kill();
    return answers;
  },
  async "a page and a utility process"() {
    const window = await open();
    const child = utilityProcess.fork(file("utility-rpc.mjs"));
    const link = connectFrames(window, child, { name: "doc" });
    await inPage(window, 'rpc.peers("doc")');
    const answers = await inPage(window, "rpc.askPeer()");
    link.close();
    child.kill();
    return answers;
  },
  async "a page and a worker thread"() {
    const { Worker } = await import("node:worker_threads");
    const { workerTransport } = await import("./thread-transport.ts");
    const worker = new Worker(new URL("thread.mjs", import.meta.url));
    const listener = rendererListener({ allow, name: "thread" });
    listener.accept((page) => void relay(page, workerTransport(worker)), console.error);
    const window = await open();
    await inPage(window, 'rpc.connect("thread")');
    const answers = {
      add: await inPage(window, "rpc.add(1, 2)"),
      progress: await inPage(window, "rpc.progress(3)"),
      count: await inPage(window, "rpc.count(100)"),
      error: await inPage(window, 'rpc.failing("failForeign")'),
      blob: await inPage(window, 'rpc.failing("giveBlob")'),
      still: await inPage(window, "rpc.add(2, 2)"),
    };
    await listener.close();
    await worker.terminate();
    return answers;
  },
};

type UtilityApi = {
  index(text: string, progress: (step: number) => unknown): Promise<string>;
  leave(code: number): Promise<void>;
};

async function linked(one: BrowserWindow, two: BrowserWindow, options: { via?: "main" }): Promise<unknown> {
  const link = connectFrames(one, two, { name: "doc", ...options });
  for (const window of [one, two]) await inPage(window, 'rpc.peers("doc")');
  const answers = await Promise.all([one, two].map((window) => inPage(window, "rpc.askPeer()")));
  link.close();
  return answers;
}
