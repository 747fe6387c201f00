import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { RpcError, stats, status } from "@portolan/client";
import type { Peer } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { webSocketListener } from "../src/server/index.ts";
import { cleanups, connect, start } from "./support/sessions.ts";

describe.each(["text", "binary"])("over %s frames", (kind) => {
  const binary = kind === "binary";

  it("R-01 F-14 values, callbacks, streams and bytes cross", async () => {
    const { url } = await start({ binary });
    const client = connect(url, { binary });
    expect(await client.add(1, 2)).toBe(3);
    const value = { big: 10n ** 30n, map: new Map([["a", new Date(0)]]), text: 'ü🌊\n\\"', nothing: undefined };
    expect(await client.echo(value)).toEqual(value);
    const heard: number[] = [];
    expect(await client.each([1, 2, 3], (item) => void heard.push(item))).toBe(3);
    expect(heard).toEqual([1, 2, 3]);
    const counted: number[] = [];
    for await (const item of client.count(300)) counted.push(item);
    expect(counted).toHaveLength(300);
    const bytes = new Uint8Array(randomBytes(70_000));
    expect(await client.echo(bytes)).toEqual(bytes);
  });

  it("R-38 R-39 a message beyond one frame goes in pieces, and small calls pass beside it", async () => {
    const limits = { message: 16 * 1024 * 1024 };
    const { url } = await start({ binary }, { limits });
    const client = connect(url, { binary }, { limits });
    await client.add(1, 1);
    const large = new Uint8Array(randomBytes(3_000_000));
    const [echoed, sums] = await Promise.all([
      client.echo(large),
      Promise.all(Array.from({ length: 50 }, (_, i) => client.add(i, i))),
    ]);
    expect(Buffer.compare(echoed as Uint8Array, large)).toBe(0);
    expect(sums[49]).toBe(98);
    expect(stats(client)).toMatchObject({ calls: { open: 0 } });
  });
});

describe("limits", () => {
  it("a message that the server would not take is refused before it is sent, and the session lives on", async () => {
    const { url } = await start();
    const client = connect(url);
    await client.add(1, 1);
    const failed: unknown = await client.echo("x".repeat(2_000_000)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "RESOURCE_EXHAUSTED", delivered: "no" });
    expect(await client.add(1, 1)).toBe(2);
  });

  it("text where bytes belong, and bytes where text belongs, end that session with a typed reason", async () => {
    for (const binary of [true, false]) {
      const { url, server } = await start({ binary });
      const client = connect(url, { binary });
      await client.add(1, 1);
      const stranger = new WebSocket(url);
      await new Promise((resolve) => stranger.once("open", resolve));
      stranger.send(binary ? "[99]\n" : Buffer.from("[99]"));
      const [code] = await new Promise<[number]>((resolve) => stranger.once("close", (...told) => resolve([told[0]])));
      expect(code).toBe(4050);
      expect(await client.add(2, 2)).toBe(4);
      expect(server.sessions.size).toBe(1);
    }
  });

  it("F15 a slow reader of a stream stalls only that stream", async () => {
    const { url, server } = await start();
    const client = connect(url);
    const reader = client.endless()[Symbol.asyncIterator]();
    await reader.next();
    for (let i = 0; i < 50; i++) expect(await client.add(i, i)).toBe(2 * i);
    const [session] = server.sessions;
    expect(session?.stats().streams).toBe(1);
    await reader.return?.(undefined);
    expect(await client.add(1, 1)).toBe(2);
  });
});

describe("who comes", () => {
  it("context authenticates by the request and by metadata, and a refusal reaches the client for good", async () => {
    const seen: string[] = [];
    const context = ({ request, metadata }: Peer) => {
      seen.push(String((request as IncomingMessage).headers["user-agent"]));
      if ((metadata as { token?: string } | undefined)?.token !== "open sesame") {
        throw new RpcError("UNAUTHENTICATED", "who are you?");
      }
    };
    const { url } = await start({}, { context });
    const welcome = connect(url, {}, { metadata: { token: "open sesame" } });
    expect(await welcome.add(1, 2)).toBe(3);
    const refused = connect(url, {}, { metadata: { token: "guess" } });
    const failed: unknown = await refused.add(1, 2).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "UNAUTHENTICATED", message: "who are you?", delivered: "no" });
    expect(status(refused)).toMatchObject({ state: "closed", reason: { code: "UNAUTHENTICATED" } });
    expect(seen).toHaveLength(2);
  });

  it("calls that come before authentication wait, bounded, and never run for a peer that is refused", async () => {
    let ran = 0;
    let letIn!: () => void;
    const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: [], allowNoOrigin: true });
    const server = serve(
      listener,
      { run: () => ++ran },
      {
        onError: () => {},
        context: () =>
          new Promise((_, reject) => {
            letIn = () => reject(new RpcError("PERMISSION_DENIED", "no"));
          }),
      },
    );
    cleanups.push(() => server.close());
    await server.ready;
    const stranger = new WebSocket(`ws://127.0.0.1:${(server.address as AddressInfo).port}`);
    await new Promise((resolve) => stranger.once("open", resolve));
    const hello =
      '[0,1,{"session":"s","codec":"json","carries":"text","moves":"none","maxMessage":0,"trusted":false,"features":[],"calls":1,"accepts":0}]';
    stranger.send(hello);
    for (let i = 1; i < 50; i++) stranger.send(JSON.stringify([1, i, 0, ["run"], []]));
    await vi.waitFor(() => expect(letIn).toBeTypeOf("function"));
    letIn();
    const [code] = await new Promise<[number]>((resolve) => stranger.once("close", (...told) => resolve([told[0]])));
    expect(code).toBe(4007);
    expect(ran).toBe(0);
  });

  it("an origin that is not allowed is final for clients that learn of it", async () => {
    const { url } = await start({ allowNoOrigin: false });
    const client = connect(url);
    const failed: unknown = await client.add(1, 1).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "PERMISSION_DENIED", delivered: "no" });
    expect(status(client)).toMatchObject({ state: "closed" });
  });

  it("what cannot be dialled is final, and says why", async () => {
    const nonsense = connect("not a url");
    const failed: unknown = await nonsense.add(1, 1).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "INVALID_ARGUMENT" });
    const { url } = await start({ path: "/rpc" });
    const elsewhere: unknown = await connect(`${url}/nowhere`)
      .add(1, 1)
      .catch((error: unknown) => error);
    expect(elsewhere).toMatchObject({ code: "UNIMPLEMENTED" });
  });
});
