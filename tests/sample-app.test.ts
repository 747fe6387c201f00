import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { MessageChannel, Worker } from "node:worker_threads";
import { type Client, type ClientOptions, createClient, isDefinedError, metaOf, safe, stats } from "@portolan/client";
import { transportPair } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { webSocketConnector } from "@portolan/websocket";
import { webSocketListener } from "@portolan/websocket/server";
import { portTransport, workerTransport } from "@portolan/worker-threads";
import typescript from "typescript-6";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { sampleApp } from "./sample-app.ts";
import { schemasOf } from "./sample-schemas.ts";

type Api = ReturnType<typeof sampleApp>;
type Library = keyof typeof schemasOf;
type Place = (library: Library, options: ClientOptions) => Promise<{ client: Client<Api>; close(): Promise<void> }>;

const places: [string, Place][] = [
  ["memory", async (library, options) => overPair(library, options, transportPair())],
  [
    "text in memory",
    async (library, options) => overPair(library, options, transportPair({ traits: { carries: "text" } })),
  ],
  [
    "worker_threads ports",
    async (library, options) => {
      const { port1, port2 } = new MessageChannel();
      return overPair(library, options, [portTransport(port1), portTransport(port2)]);
    },
  ],
  [
    "a worker thread",
    async (library, options) => {
      const worker = workerOfSample();
      const client = createClient<Api>(
        workerTransport(() => new Worker(worker, { workerData: library })),
        options,
      );
      return { client, close: () => client.close() };
    },
  ],
  [
    "WebSockets",
    async (library, options) => {
      const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: [], allowNoOrigin: true });
      const server = serve(listener, sampleApp(schemasOf[library]));
      await server.ready;
      const { port } = server.address as AddressInfo;
      const client = createClient<Api>(webSocketConnector(`ws://127.0.0.1:${port}`, { WebSocket }), options);
      const close = async () => {
        await client.close();
        await server.close();
        expect(server.sessions.size).toBe(0);
      };
      return { client, close };
    },
  ],
];

describe.each(places)("the sample application over %s", (_place, open) => {
  it.each(Object.keys(schemasOf) as Library[])("with %s", async (library) => {
    const { client, close } = await open(library, { metadata: "ada" });

    expect(await client.users.add({ name: "ada" })).toEqual({ id: 1, name: "ada" });
    const nameless = await safe(client.users.add({ name: "" }));
    expect(nameless.error).toMatchObject({ code: "INVALID_ARGUMENT", data: { issues: [{ path: ["name"] }] } });
    const missing = await safe(client.users.get());
    expect(isDefinedError(missing.error) && missing.error.data.id).toBe(99);

    const events = await client.chat.listen("harbour");
    await client.chat.say({ room: "harbour", text: "ahoy" });
    await client.chat.say({ room: "elsewhere", text: "not here" });
    expect((await events.next()).value).toEqual({ from: "ada", text: "ahoy" });
    expect(metaOf(events)?.id).toMatch(/-1$/);
    await events.return?.();
    await vi.waitFor(async () => expect(await client.listeners()).toBe(0));

    const progress: number[] = [];
    const chunks = (async function* () {
      for (let i = 1; i <= 3; i++) yield new Uint8Array(i * 1000);
    })();
    expect(await client.files.upload("a.bin", chunks, (bytes) => progress.push(bytes))).toEqual({
      name: "a.bin",
      bytes: 6000,
    });
    expect(progress).toEqual([1000, 3000, 6000]);
    await vi.waitFor(() =>
      expect(stats(client)).toMatchObject({ calls: { inFlight: 0, open: 0 }, exports: 0, stubs: 0, streams: 0 }),
    );
    await close();
  });
});

function overPair(library: Library, options: ClientOptions, [here, there]: ReturnType<typeof transportPair>) {
  const server = serve(there, sampleApp(schemasOf[library]));
  const client = createClient<Api>(here, options);
  const close = async () => {
    await client.close();
    await server.close();
    expect(server.sessions.size).toBe(0);
  };
  return { client, close };
}

/** The same application for a thread, which on Node 20 reads no TypeScript. */
function workerOfSample(): URL {
  const folder = new URL("./node_modules/.cache/portolan-sample/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const name of ["sample-app", "sample-schemas", "sample-worker"]) {
    const source = readFileSync(new URL(`./${name}.ts`, import.meta.url), "utf8");
    const { outputText } = typescript.transpileModule(source, {
      compilerOptions: { target: typescript.ScriptTarget.ES2022, module: typescript.ModuleKind.ESNext },
    });
    writeFileSync(new URL(`./${name}.mjs`, folder), outputText.replaceAll(/(from "\.\/[\w-]+)\.ts"/g, '$1.mjs"'));
  }
  return new URL("./sample-worker.mjs", folder);
}
