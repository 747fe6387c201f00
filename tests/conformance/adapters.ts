import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import type { Connection } from "@portolan/conformance";
import { socketListener, socketTransport, spawnTransport } from "@portolan/node";
import { type Listener, type Traits, type Transport, transportPair } from "@portolan/protocol";
import { webSocketTransport } from "@portolan/websocket";
import { webSocketListener } from "@portolan/websocket/server";
import { portTransport, workerTransport } from "@portolan/worker-threads";
import { build } from "rolldown";
import { WebSocket } from "ws";

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

async function worker(): Promise<Connection> {
  const thread = new Worker(await farSide());
  return { near: workerTransport(() => thread), close: async () => void (await thread.terminate()) };
}

function port(): Connection {
  const { port1, port2 } = new MessageChannel();
  return { near: portTransport(() => port1), far: portTransport(() => port2) };
}

async function stdio(): Promise<Connection> {
  return { near: spawnTransport(process.execPath, ["--expose-gc", await farSide()]) };
}

let bundled: Promise<string> | undefined;

/** The far side in one file: hundreds of processes and threads start from it, and linking modules would be most of that. */
function farSide(): Promise<string> {
  bundled ??= bundle(fileURLToPath(new URL("../fixtures/conformance-far.mjs", import.meta.url)));
  return bundled;
}

/** Removes what {@link adapters} have put into the folder for temporary files. */
export async function removeFarSide(): Promise<void> {
  if (bundled) rmSync(dirname(await bundled), { recursive: true, force: true });
}

async function bundle(input: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-far-"));
  const file = join(folder, "far.mjs");
  await build({ input, platform: "node", logLevel: "silent", output: { file } });
  return file;
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
