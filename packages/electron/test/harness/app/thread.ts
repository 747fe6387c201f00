// A worker thread behind main.
import { parentPort } from "node:worker_threads";
import { defineTransport } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { makeMainApi } from "./apis.ts";

const transport = defineTransport({
  traits: { carries: "clone", trusted: true },
  open(events) {
    parentPort?.on("message", events.message);
    return { send: (message) => parentPort?.postMessage(message), close: () => void parentPort?.close() };
  },
});
serve(transport, makeMainApi().api, { onError: () => {} });
