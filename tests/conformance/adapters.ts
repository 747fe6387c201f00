import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import type { Connection } from "@portolan/conformance";
import { socketListener, socketTransport, spawnTransport } from "@portolan/node";
import { type Listener, type Traits, type Transport, transportPair } from "@portolan/protocol";
import { webSocketTransport } from "@portolan/websocket";
import { webSocketListener } from "@portolan/websocket/server";
import { portTransport, workerTransport } from "@portolan/worker-threads";
import { WebSocket } from "ws";

const far = new URL("../fixtures/conformance-far.mjs", import.meta.url);
const farPath = fileURLToPath(far);

/** Every adapter of this repository that runs in Node alone: one line each. */
export const adapters: Readonly<Record<string, () => Connection | Promise<Connection>>> = {
  "memory, clone": memory({ carries: "clone" }),
  "memory, json": memory({ carries: "json", moves: "none" }),
  "memory, text": memory({ carries: "text", moves: "none", trusted: false }),
  "memory, bytes": memory({ carries: "bytes", moves: "none", framed: false, trusted: false }),
  worker: worker,
  port: port,
  stdio: stdio,
  tcp: listening(
    () => socketListener({ port: 0 }),
    (port) => socketTransport(() => connect(port, "127.0.0.1")),
  ),
  WebSocket: listening(
    () => webSocketListener({ port: 0, host: "127.0.0.1", origins: "*", allowNoOrigin: true }),
    (port) => webSocketTransport(() => new WebSocket(`ws://127.0.0.1:${port}`)),
  ),
};

function memory(traits: Partial<Traits>): () => Connection {
  return () => {
    const [near, there] = transportPair({ traits });
    return { near, far: there };
  };
}

function worker(): Connection {
  const thread = new Worker(far);
  return { near: workerTransport(() => thread), close: async () => void (await thread.terminate()) };
}

function port(): Connection {
  const { port1, port2 } = new MessageChannel();
  return { near: portTransport(() => port1), far: portTransport(() => port2) };
}

function stdio(): Connection {
  return { near: spawnTransport(process.execPath, ["--expose-gc", farPath, "stdio"]) };
}

function listening(listen: () => Listener, dial: (port: number) => Transport): () => Promise<Connection> {
  return async () => {
    const listener = listen();
    const arrived = new Promise<Transport>((resolve) => listener.accept(resolve, () => {}));
    await listener.ready;
    const near = dial((listener.address as { port: number }).port);
    return { near, far: await arrived, close: () => listener.close() };
  };
}
