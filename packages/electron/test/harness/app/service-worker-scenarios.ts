import { readFile } from "node:fs/promises";
import { createClient, stats } from "@portolan/client";
import { serveConformance } from "@portolan/conformance";
import { type Server, serve } from "@portolan/server";
import { type BrowserWindow, type ServiceWorkerMain, type Session, session } from "electron";
import { registerPreload, type ServiceWorkerListenerOptions, serviceWorkerListener } from "../../../src/main/index.ts";
import { makeMainApi } from "./apis.ts";
import { afterwards, file, inPage, open, type Scenario } from "./scenario.ts";
import type { WorkerApi } from "./worker.ts";

/** The service workers of a session, and main. */
export const serviceWorkerScenarios: Record<string, Scenario> = {
  async "a service worker calls main"() {
    const { own, server } = await startedWorker();
    const { api, seen } = makeMainApi();
    const errors: unknown[] = [];
    const main = serve(
      serviceWorkerListener({ allow: "app://bundle/worker.js", session: own, name: "main" }),
      { ...api, whoAmI: whoAsks },
      { onError: (error) => errors.push(String(error)) },
    );
    afterwards(() => main.close());
    const worker = await workerOf(server);
    const found = await worker.callMain("main");
    return { found, finished: seen.finished, errors, sessions: main.sessions.size, polluted: "polluted" in {} };
  },
  async "a service worker by a bundled preload, which main calls"() {
    const { own, server, window } = await startedWorker({ bundled: true });
    const session = await server.when(() => true);
    const worker = createClient<WorkerApi>(session);
    const heard: unknown[] = [];
    let items = 0;
    for await (const n of worker.forever()) if (++items === 5 || n < 0) break;
    await worker.subscribe((value) => heard.push(value));
    const { kind, scope, url, origin, trusted, serviceWorker, session: its } = session.peer;
    return {
      peer: { kind, scope, url, origin, trusted },
      mine: serviceWorker === mainOf(own) && its === own,
      heard,
      items,
      ended: await worker.streamsEnded(),
      // The page that registered it has no preload here, and is no worker.
      globals: await inPage(window, "Object.getOwnPropertySymbols(globalThis).map(String)"),
      stats: stats(worker),
    };
  },
  async "service workers that are not allowed"() {
    const { own, server } = await startedWorker();
    const reports: string[] = [];
    const { api } = makeMainApi();
    const closed = serve(serviceWorkerListener({ allow: "app://bundle/other.js", session: own, name: "closed" }), api, {
      onError: (error) => reports.push(String(error)),
    });
    const asked: unknown[] = [];
    const judged = serve(
      serviceWorkerListener({
        allow: ({ scriptURL, scope }) => {
          asked.push([scriptURL, scope]);
          return false;
        },
        session: own,
        name: "judged",
      }),
      api,
      { onError: () => {} },
    );
    afterwards(() => Promise.all([closed.close(), judged.close()]));
    const worker = await workerOf(server);
    return {
      told: [await worker.ending("closed"), await worker.ending("closed"), await worker.ending("judged")],
      connector: await worker.connector("closed"),
      nobody: await worker.ending("nobody"),
      asked,
      reports,
      sessions: closed.sessions.size,
      honest: typeof (await worker.born()),
    };
  },
  async "words that a service worker forges"() {
    const { own, server } = await startedWorker();
    const { api } = makeMainApi();
    const main = serve(serviceWorkerListener({ allow: "app://bundle", session: own, name: "main" }), api);
    const denied = serve(serviceWorkerListener({ allow: "app://other", session: own, name: "denied" }), api, {
      onError: () => {},
    });
    afterwards(() => Promise.all([main.close(), denied.close()]));
    const worker = await workerOf(server);
    const heard = await worker.forge([
      null,
      "connect",
      [],
      ["forged"],
      ["forged", "open", "main"],
      ["forged", "connect", { toString: 1 }],
      [{}, "connect", "main"],
      ["x".repeat(65), "connect", "main"],
      JSON.parse('{"__proto__":["forged","connect","main"],"length":3}'),
      ["forged", "text", "[0]"],
      ["forged", "close"],
      ["forged", "connect", "denied"],
      ["forged", "text", '[7,0,["add"],[1,2]]'],
    ]);
    const sessions = main.sessions.size + denied.sessions.size;
    return { heard, sessions, lines: await worker.lines(), honest: typeof (await worker.born()) };
  },
  async "a service worker that stops with everything in flight"() {
    const { own, server, window } = await startedWorker();
    const unhandled: string[] = [];
    const note = (error: unknown): void => void unhandled.push(String(error));
    process.on("unhandledRejection", note);
    afterwards(() => process.off("unhandledRejection", note));
    const session = await server.when(() => true);
    const worker = createClient<WorkerApi>(session);
    const before = await worker.born();
    const settled: string[] = [];
    const take = (error: { code: string }): void => void settled.push(error.code);
    for (let n = 0; n < 100; n++) worker.hang().catch(take);
    for (let n = 0; n < 10; n++) void drain(worker.forever()).catch(take);
    for (let n = 0; n < 10; n++) void worker.hang();
    await worker.born();
    // Chromium takes its time to stop a worker: what counts is the time from Electron's own news of it.
    const news = new Promise<number>((done) => {
      own.serviceWorkers.on("running-status-changed", ({ runningStatus }) => {
        if (runningStatus === "stopped") done(performance.now());
      });
    });
    await stopWorkers(window);
    const { code, message, by } = await session.closed;
    while (settled.length < 110) await new Promise((done) => setTimeout(done, 1));
    const ms = performance.now() - (await news);
    // Whoever asks for it again gets a new run of the script, which connects anew.
    await own.serviceWorkers.startWorkerForScope("app://bundle/");
    const again = createClient<WorkerApi>(await server.when((peer) => peer !== session.peer));
    return {
      reason: { code, message, by },
      ms,
      settled: settled.length,
      codes: [...new Set(settled)],
      stats: session.stats(),
      another: (await again.born()) !== before,
      sessions: server.sessions.size,
      unhandled,
    };
  },
  async "a service worker whose process crashes"() {
    const { server, window } = await startedWorker();
    const session = await server.when(() => true);
    const worker = createClient<WorkerApi>(session);
    await worker.born();
    const hanging = worker.hang().catch((error: { code: string }) => error.code);
    window.webContents.forcefullyCrashRenderer();
    const { code, message } = await session.closed;
    return { code, message, hanging: await hanging, sessions: server.sessions.size };
  },
  async "20 runs of a service worker"() {
    const { own, server, window } = await startedWorker();
    const counts = new Set<number>();
    for (let round = 0; round < 20; round++) {
      const session = await server.when(() => true);
      await createClient<WorkerApi>(session).born();
      counts.add(own.serviceWorkers.listenerCount("running-status-changed"));
      await stopWorkers(window);
      await session.closed;
      await own.serviceWorkers.startWorkerForScope("app://bundle/");
    }
    const session = await server.when(() => true);
    const { ipc } = session.peer["serviceWorker"] as ServiceWorkerMain;
    const busy = ipc.eventNames();
    await server.close();
    await session.closed;
    const idle = ipc.eventNames();
    return { counts: [...counts], busy, idle, after: own.serviceWorkers.listenerCount("running-status-changed") };
  },
  async "a service worker that is kept running"() {
    const { own, server } = await startedWorker({ keepAlive: true });
    const session = await server.when(() => true);
    await createClient<WorkerApi>(session).born();
    const kept = tasksOf(own);
    await session.close();
    return { kept, after: tasksOf(own) };
  },
  async "a service worker without the preload"() {
    const { window } = await startedWorker({ preload: false });
    return inPage(
      window,
      `navigator.serviceWorker.ready.then(({ active }) => new Promise((done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => done(data);
        active.postMessage("how did it end?", [port2]);
      }))`,
    );
  },
  async "conformance: a service worker and main"() {
    const { own, server } = await startedWorker();
    const listener = serviceWorkerListener({ allow: "app://bundle", session: own, name: "conformance" });
    listener.accept((transport) => void serveConformance(transport), console.error);
    afterwards(() => listener.close());
    const worker = await workerOf(server);
    return worker.conformance("conformance", process.env["CONFORMANCE_ONLY"]);
  },
};

interface Started {
  readonly own: Session;
  readonly server: Server;
  readonly window: BrowserWindow;
}

let sessions = 0;

/** A page of a session of its own, in memory, whose service worker runs and has connected. */
async function startedWorker(
  options: { bundled?: boolean; preload?: boolean } & Pick<ServiceWorkerListenerOptions, "keepAlive"> = {},
): Promise<Started> {
  const own = session.fromPartition(`workers-${sessions++}`);
  own.protocol.handle("app", async (request) => {
    const name = new URL(request.url).pathname.slice(1);
    const type = name.endsWith(".js") ? "text/javascript" : "text/html";
    const headers = { "content-type": type, "content-security-policy": "default-src 'self'; script-src 'self'" };
    return new Response(new Uint8Array(await readFile(file(name))), { headers });
  });
  if (options.bundled) {
    own.registerPreloadScript({ type: "service-worker", id: "app", filePath: file("worker-preload.cjs") });
  } else if (options.preload !== false) {
    for (let times = 0; times < 2; times++) registerPreload(own, { serviceWorkers: true });
  }
  const { keepAlive = false } = options;
  const server = serve(
    serviceWorkerListener({ allow: "app://bundle/worker.js", session: own, name: "control", keepAlive }),
    {},
  );
  afterwards(() => server.close());
  const window = await open("app://bundle/worker.html", { webPreferences: { session: own } });
  await inPage(window, activated);
  return { own, server, window };
}

/** A worker that is stopped before it is installed is none, and cannot be started again. */
const activated = `navigator.serviceWorker.ready.then(({ active }) => new Promise((done) => {
  const look = () => active.state === "activated" && done(true);
  active.onstatechange = look;
  look();
}))`;

async function workerOf(server: Server) {
  return createClient<WorkerApi>(await server.when(() => true));
}

function whoAsks(this: { peer: Record<string, unknown> }): unknown {
  const { kind, origin } = this.peer;
  return { kind, origin, window: undefined };
}

function mainOf(own: Session): ServiceWorkerMain | undefined {
  const [versionId] = Object.keys(own.serviceWorkers.getAllRunning());
  return versionId === undefined ? undefined : own.serviceWorkers.getWorkerFromVersionID(Number(versionId));
}

/** How many tasks keep the worker running, as Electron itself counts them. */
function tasksOf(own: Session): number {
  return (mainOf(own) as unknown as { _countExternalRequests(): number })._countExternalRequests();
}

async function stopWorkers({ webContents }: BrowserWindow): Promise<void> {
  const { debugger: tools } = webContents;
  if (!tools.isAttached()) tools.attach();
  await tools.sendCommand("ServiceWorker.enable");
  await tools.sendCommand("ServiceWorker.stopAllWorkers");
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) if (item === -1) break;
}
