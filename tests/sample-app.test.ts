import type { AddressInfo } from "node:net";
import { MessageChannel } from "node:worker_threads";
import { type Client, type ClientOptions, createClient, isDefinedError, metaOf, safe, stats } from "@portolan/client";
import { transportPair } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { webSocketConnector } from "@portolan/websocket";
import { webSocketListener } from "@portolan/websocket/server";
import { portTransport } from "@portolan/worker-threads";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { type Schemas, sampleApp } from "./sample-app.ts";

type Api = ReturnType<typeof sampleApp>;
type Place = (api: Api, options: ClientOptions) => Promise<{ client: Client<Api>; close(): Promise<void> }>;

const libraries: [string, Schemas][] = [
  [
    "zod",
    {
      user: z.object({ name: z.string().min(1) }),
      message: z.object({ room: z.string(), text: z.string() }),
      notFound: z.object({ id: z.number() }),
    },
  ],
  [
    "valibot",
    {
      user: v.object({ name: v.pipe(v.string(), v.minLength(1)) }),
      message: v.object({ room: v.string(), text: v.string() }),
      notFound: v.object({ id: v.number() }),
    },
  ],
  [
    "arktype",
    {
      user: type({ name: "string > 0" }),
      message: type({ room: "string", text: "string" }),
      notFound: type({ id: "number" }),
    },
  ],
];

const places: [string, Place][] = [
  ["memory", async (api, options) => overPair(api, options, transportPair())],
  ["text in memory", async (api, options) => overPair(api, options, transportPair({ traits: { carries: "text" } }))],
  [
    "worker_threads ports",
    async (api, options) => {
      const { port1, port2 } = new MessageChannel();
      return overPair(api, options, [portTransport(port1), portTransport(port2)]);
    },
  ],
  [
    "WebSockets",
    async (api, options) => {
      const server = serve(webSocketListener({ port: 0, host: "127.0.0.1", origins: [], allowNoOrigin: true }), api);
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
  it.each(libraries)("with %s", async (_library, schemas) => {
    const { client, close } = await open(sampleApp(schemas), { metadata: "ada" });

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

function overPair(api: Api, options: ClientOptions, [here, there]: ReturnType<typeof transportPair>) {
  const server = serve(there, api);
  const client = createClient<Api>(here, options);
  const close = async () => {
    await client.close();
    await server.close();
    expect(server.sessions.size).toBe(0);
  };
  return { client, close };
}
