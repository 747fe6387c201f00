// The far side of the conformance kit in a worker thread: a port for each case.
import { type MessagePort, parentPort } from "node:worker_threads";
import { serveConformance } from "@portolan/conformance";
import { defineTransport } from "@portolan/protocol";

parentPort?.on("message", (port: MessagePort) => {
  const transport = defineTransport({
    traits: { carries: "clone", trusted: false },
    port,
    open(events) {
      port.on("message", events.message);
      port.on("close", () => events.end({ code: "UNAVAILABLE", message: "the port closed", by: "remote" }));
      return { send: (message) => port.postMessage(message), close: () => port.close() };
    },
  });
  serveConformance(transport);
});
