import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { socketTransport, spawnTransport } from "@portolan/node";
import { openSession, type Remote, type Transport, transportPair } from "@portolan/protocol";
import { webSocketTransport } from "@portolan/websocket";
import { workerTransport } from "@portolan/worker-threads";
import { WebSocket } from "ws";
import { memoryFar } from "./memory-far.ts";
import type { FaultApi, Pair, Rig, RigOptions } from "./rig.ts";

const far = new URL("../fixtures/fault-far.mjs", import.meta.url);
const farPath = fileURLToPath(far);

/** The columns of the matrix: one line joins a transport. */
export const rigs: readonly Rig[] = [
  { name: "in memory", open: openMemory },
  {
    name: "worker_threads",
    open: openWorker,
    broken: () => workerTransport(() => new Worker(new URL("missing.mjs", far))),
  },
  {
    name: "child stdio",
    open: openChild,
    broken: () => spawnTransport(process.execPath, ["missing.mjs"], { onStderr: () => {} }),
  },
  { name: "tcp", open: openTcp, broken: () => socketTransport(() => connect(1, "127.0.0.1")) },
  { name: "WebSocket", open: openWebSocket, broken: () => webSocketTransport(() => new WebSocket("ws://127.0.0.1:1")) },
];

async function openMemory(options: RigOptions = {}): Promise<Pair> {
  const [near, there] = transportPair();
  memoryFar(there);
  return pairOf(near, options, {}, () => there.close());
}

async function openWorker(options: RigOptions = {}): Promise<Pair> {
  const worker = new Worker(far, { resourceLimits: { maxOldGenerationSizeMb: 32 } });
  const terminate = () => worker.terminate();
  return pairOf(
    workerTransport(() => worker),
    options,
    { terminate },
    terminate,
  );
}

async function openChild(options: RigOptions = {}): Promise<Pair> {
  const near = spawnTransport(process.execPath, [farPath, "stdio"], { onStderr: () => {}, onStray: () => {} });
  const child = near.port as ReturnType<typeof fork>;
  return pairOf(near, options, { signal: (name) => child.kill(name) }, async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
}

async function openTcp(options: RigOptions = {}): Promise<Pair> {
  return openServer("tcp", (port) => socketTransport(() => connect(port, "127.0.0.1")), options);
}

async function openWebSocket(options: RigOptions = {}): Promise<Pair> {
  return openServer("ws", (port) => webSocketTransport(() => new WebSocket(`ws://127.0.0.1:${port}`)), options);
}

async function openServer(kind: string, dial: (port: number) => Transport, options: RigOptions): Promise<Pair> {
  const child = fork(farPath, [kind], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const [port] = (await once(child, "message")) as [number];
  return pairOf(dial(port), options, { signal: (name) => child.kill(name) }, async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
}

function pairOf(
  near: Transport,
  { through, ...options }: RigOptions,
  ways: Pick<Pair, "signal" | "terminate">,
  end: () => unknown,
): Pair {
  const session = openSession<Remote<FaultApi>>(through ? through(near) : near, { onError: () => {}, ...options });
  return {
    ...ways,
    session,
    remote: session.remote,
    async end() {
      await session.close();
      near.close();
      await end();
    },
  };
}
