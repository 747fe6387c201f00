import { createClient } from "@portolan/client";
import type { PageApi } from "./apis.ts";
import { afterwards, inPage, listenerCounts, loaded, open, type Scenario } from "./scenario.ts";
import { serveMain } from "./session-scenarios.ts";

/** What is left when pages go. */
export const endingScenarios: Record<string, Scenario> = {
  async "a crash with everything in flight"() {
    const { server, seen, errors } = serveMain();
    const unhandled: string[] = [];
    const note = (error: unknown): void => void unhandled.push(String(error));
    process.on("unhandledRejection", note);
    afterwards(() => process.off("unhandledRejection", note));
    const window = await open();
    await inPage(window, "rpc.connect(), rpc.add(1, 1)");
    await inPage(window, "rpc.busy(), rpc.add(1, 1)");
    const session = await server.when((peer) => peer["window"] === window);
    const page = createClient<PageApi>(session);
    const settled: string[] = [];
    const note2 = (error: { code: string }): void => void settled.push(error.code);
    for (let n = 0; n < 100; n++) page.hang().catch(note2);
    for (let n = 0; n < 10; n++) void drain(page.forever()).catch(note2);
    for (const callback of seen.kept) Promise.resolve(callback(1)).catch(note2);
    // Never looked at again.
    for (let n = 0; n < 10; n++) void page.hang();
    for (const callback of seen.kept) void callback(2);
    await page.add(1, 1);
    const before = { ...session.stats() };
    const began = performance.now();
    window.webContents.forcefullyCrashRenderer();
    const reason = await session.closed;
    while (settled.length < 120 && performance.now() - began < 5_000) await turn();
    const ms = performance.now() - began;
    // Theirs end in the middle of a pause.
    while (seen.finished < 10) await turn();
    return {
      ms,
      reason: { code: reason.code, message: reason.message },
      settled: countBy(settled),
      kept: seen.kept.length,
      seen: { started: seen.started, finished: seen.finished, aborted: seen.aborted },
      before,
      stats: session.stats(),
      sessions: server.sessions.size,
      unhandled,
      errors: errors.length,
    };
  },
  async "200 reloads with a session each"() {
    const { server } = serveMain();
    const window = await open();
    const counts = [];
    for (let round = 0; round < 200; round++) {
      await inPage(window, "rpc.connect(), rpc.add(1, 1)");
      const session = await server.when((peer) => peer["window"] === window);
      if (round % 66 === 1) counts.push(JSON.stringify(listenerCounts(window)));
      const reloaded = loaded(window);
      window.webContents.reload();
      await Promise.all([reloaded, session.closed]);
    }
    return { counts: new Set(counts).size, sessions: server.sessions.size };
  },
  async "100 windows opened and closed"() {
    const { server } = serveMain();
    const idle = listenerCounts();
    for (let round = 0; round < 20; round++) {
      const windows = await Promise.all(Array.from({ length: 5 }, () => open()));
      await Promise.all(windows.map((window) => inPage(window, "rpc.connect(), rpc.add(1, 1)")));
      const gone = [...server.sessions].map((session) => session.closed);
      for (const window of windows) window.close();
      await Promise.all(gone);
    }
    return { same: JSON.stringify(idle) === JSON.stringify(listenerCounts()), sessions: server.sessions.size };
  },
  async "20 updates of a page's code"() {
    const { server } = serveMain();
    const window = await open();
    await inPage(window, "rpc.connector(), rpc.add(1, 1)");
    const idle = JSON.stringify(listenerCounts(window));
    for (let round = 0; round < 20; round++) await inPage(window, "rpc.close(), rpc.connector(), rpc.add(1, 1)");
    await settledSessions(server, 1);
    return { same: idle === JSON.stringify(listenerCounts(window)), sessions: server.sessions.size };
  },
  async "main serves anew"() {
    const first = serveMain();
    const window = await open();
    await inPage(window, "rpc.connector(), rpc.watch(), rpc.add(1, 1)");
    await first.server.close();
    serveMain();
    const statuses = await inPage(window, "rpc.back()");
    return { sum: await inPage(window, "rpc.add(1, 2)"), statuses };
  },
  async "the page lets go"() {
    const { server } = serveMain();
    const window = await open();
    await inPage(window, "rpc.connect(), rpc.add(1, 1)");
    const [session] = [...server.sessions];
    await inPage(window, "rpc.close()");
    const reason = await session?.closed;
    return { reason: reason && { code: reason.code, by: reason.by }, stats: session?.stats() };
  },
};

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) if (item === -1) break;
}

async function settledSessions(server: ReturnType<typeof serveMain>["server"], count: number): Promise<void> {
  while (server.sessions.size > count) await turn();
}

/** A timer: a loop of immediates starves Electron's main process. */
function turn(): Promise<void> {
  return new Promise((done) => setTimeout(done, 1));
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
