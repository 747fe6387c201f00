// A worker thread behind main.
import { parentPort } from "node:worker_threads";
import { defineTransport } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { makeMainApi } from "./apis.ts";

const transport = defineTransport({
  // What is posted before anyone listens at the other end is lost.
  traits: { carries: "clone", queues: false, trusted: true },
  open(events) {
    parentPort?.on("message", events.message);
    return { send: (message) => parentPort?.postMessage(message), close: () => void parentPort?.close() };
  },
});
serve(transport, makeMainApi().api, { onError: () => {} });
