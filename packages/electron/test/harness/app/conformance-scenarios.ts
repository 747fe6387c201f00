import { MessageChannel, Worker } from "node:worker_threads";
import { serveConformance } from "@portolan/conformance";
import { defineTransport, relay, type Transport } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { type BrowserWindow, type UtilityProcess, utilityProcess } from "electron";
import { connectFrames, rendererListener, utilityTransport } from "../../../src/main/index.ts";
import { report } from "./page-conformance.ts";
import { afterwards, file, inPage, open, type Scenario } from "./scenario.ts";

const allow = [file("index.html"), file("other.html")];
const only = process.env["CONFORMANCE_ONLY"];
const pattern = only === undefined ? "undefined" : JSON.stringify(only);

/** The conformance kit over every way between two contexts of an app. */
export const conformanceScenarios: Record<string, Scenario> = {
  async "conformance: a page and main"() {
    listen("conformance", (transport) => void serveConformance(transport));
    return inPage(await open(), `conformance.withMain("conformance", ${pattern})`);
  },
  async "conformance: two windows"() {
    const far = await open("other.html");
    const near = await open();
    control(near, far);
    await inPage(far, "conformance.serve()");
    return inPage(near, `conformance.withPeer(${pattern})`);
  },
  async "conformance: two windows by way of main"() {
    const far = await open("other.html");
    const near = await open();
    control(near, far, "main");
    await inPage(far, "conformance.serve()");
    return inPage(near, `conformance.withPeer(${pattern})`);
  },
  async "conformance: main and a utility process"() {
    // The ports that the kit makes are Node's, which only threads can move.
    const fork = () => utilityProcess.fork(file("utility-conformance.mjs"));
    let next = fork();
    afterwards(() => next.kill());
    return report(
      () => {
        const child = next;
        // The next one starts while this one works.
        next = fork();
        return {
          near: utilityTransport(() => child),
          close: () => void child.kill(),
          listeners: () => child.listenerCount("message"),
        };
      },
      only ?? "^(?!transfer: a port moves)",
      60_000,
    );
  },
  async "conformance: a page and a utility process"() {
    const child = utilityProcess.fork(file("utility-conformance.mjs"));
    afterwards(() => child.kill());
    const near = await open();
    control(near, child);
    return inPage(near, `conformance.withPeer(${pattern})`);
  },
  async "conformance: a page and a worker thread"() {
    const worker = new Worker(new URL("thread-conformance.mjs", import.meta.url));
    afterwards(() => worker.terminate());
    listen("thread", (page) => {
      const { port1, port2 } = new MessageChannel();
      worker.postMessage(port2, [port2]);
      relay(page, portTransport(port1));
    });
    // Main vouches for neither, and moves nothing into a thread.
    const cases = only ?? "^(?!transfer: a port moves)";
    return inPage(await open(), `conformance.withMain("thread", ${JSON.stringify(cases)}, false)`);
  },
};

function listen(name: string, arrive: (transport: Transport) => void): void {
  const listener = rendererListener({ allow, name });
  listener.accept(arrive, console.error);
  afterwards(() => listener.close());
}

/** Gives a page the means to ask for one more link. */
function control(near: BrowserWindow, far: BrowserWindow | UtilityProcess, via: "direct" | "main" = "direct"): void {
  const links: { close(): void }[] = [];
  const link = (): void => {
    // Deals at once, since both wait already; a direct link lives on without main.
    if (via === "direct") links.pop()?.close();
    links.push(connectFrames(near, far, { name: "conformance", via }));
  };
  const server = serve(rendererListener({ allow, name: "control" }), { link });
  afterwards(() => {
    for (const each of links) each.close();
    return server.close();
  });
}

/** A thread's port. `@portolan/worker-threads` has the real one; adapters do not import each other. */
export function portTransport(port: InstanceType<typeof MessageChannel>["port1"]): Transport {
  return defineTransport({
    traits: { carries: "clone", trusted: false },
    port,
    open(events) {
      port.on("message", events.message);
      port.on("close", () => events.end({ code: "UNAVAILABLE", message: "the port closed", by: "remote" }));
      return { send: (message) => port.postMessage(message), close: () => port.close() };
    },
  });
}
