import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type { WorkerRequest, WorkerTaker } from "../src/main/attended-worker.ts";
import { atServiceWorkerDesk } from "../src/main/service-worker-desk.ts";
import type { ServiceWorkerLike } from "../src/main/service-worker-shapes.ts";

// What the real Electron cannot be brought to do at will; everything else is in service-workers.real.test.ts.
describe("a session's service workers at the desk", () => {
  it("an Electron without them is told apart at once", () => {
    const old = { serviceWorkers: { getAllRunning: () => ({}) } };
    expect(() => atServiceWorkerDesk(old as never, "main", taker())).toThrow(
      expect.objectContaining({ code: "UNIMPLEMENTED" }),
    );
  });

  it("what is said while a worker starts waits until it runs, in order, since Electron would drop it", () => {
    const { session, worker, change, ask } = world();
    const taken: WorkerRequest[] = [];
    const leave = atServiceWorkerDesk(session, "main", taker(taken));
    change("starting");
    ask(["a", "connect", "main"], ["b", "connect", "nobody"]);
    taken[0]?.say("accepted");
    expect(worker.sent).toEqual([]);
    change("running");
    expect(worker.sent).toEqual([
      ["b", "refused", "UNAVAILABLE", 'nobody in main answers to the name "nobody"'],
      ["a", "accepted"],
    ]);
    leave();
    expect(worker.ipc.eventNames()).toEqual([]);
    expect(session.serviceWorkers.eventNames()).toEqual([]);
  });

  it("a worker that asks without end and never runs makes main hold 4 096 words and no more", () => {
    const { session, worker, change, ask } = world();
    const taken: WorkerRequest[] = [];
    const leave = atServiceWorkerDesk(session, "main", taker(taken));
    change("starting");
    ask(["a", "connect", "main"]);
    for (let n = 0; n < 5_000; n++) ask([`n${n}`, "connect", "nobody"]);
    expect(() => taken[0]?.say("text", "more")).toThrow(expect.objectContaining({ code: "RESOURCE_EXHAUSTED" }));
    change("running");
    expect(worker.sent).toHaveLength(4_096);
    leave();
  });

  it("a worker found running is attended, a line outlives its taker, and nothing is left after both", () => {
    const { session, worker, change, ask } = world({ running: true });
    const taken: WorkerRequest[] = [];
    const leave = atServiceWorkerDesk(session, "main", taker(taken));
    ask(["a", "connect", "main"]);
    const heard: unknown[] = [];
    const giveBack = taken[0]?.keep({ text: (text) => heard.push(text), end: (reason) => heard.push(reason.message) });
    leave();
    ask(["a", "text", "still here"]);
    change("stopped");
    expect(heard).toEqual(["still here", "the service worker stopped"]);
    giveBack?.();
    expect([worker.ipc.eventNames(), session.serviceWorkers.eventNames()]).toEqual([[], []]);
  });
});

function taker(taken: WorkerRequest[] = []): WorkerTaker {
  return { take: (request) => void taken.push(request), report: () => {} };
}

function world({ running = false } = {}) {
  const worker = new FakeWorker();
  const serviceWorkers = Object.assign(new EventEmitter(), {
    getAllRunning: () => (running ? { 7: {} } : {}),
    getWorkerFromVersionID: (): ServiceWorkerLike => worker,
  });
  return {
    session: { serviceWorkers },
    worker,
    change: (runningStatus: string) => serviceWorkers.emit("running-status-changed", { versionId: 7, runningStatus }),
    ask(...words: unknown[]) {
      for (const word of words) worker.ipc.emit("portolan:worker", {}, word);
    },
  };
}

class FakeWorker implements ServiceWorkerLike {
  readonly scope = "app://bundle/";
  readonly scriptURL = "app://bundle/sw.js";
  readonly versionId = 7;
  readonly ipc = new EventEmitter();
  readonly sent: unknown[] = [];
  send(_channel: string, word: unknown): void {
    this.sent.push(word);
  }
  isDestroyed(): boolean {
    return false;
  }
  startTask() {
    return { end: () => {} };
  }
}
