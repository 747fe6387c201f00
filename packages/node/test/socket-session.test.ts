import { randomBytes } from "node:crypto";
import { connect, createServer } from "node:net";
import { type Codec, json, ndjson, openSession, RpcError } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { lengthFramed, socketTransport } from "../src/index.ts";
import type { Api } from "./support/api.ts";
import { serve } from "./support/socket-service.ts";
import { within } from "./support/within.ts";

describe.each<["tcp" | "unix", Codec]>([
  ["tcp", ndjson()],
  ["tcp", lengthFramed()],
  ["unix", ndjson()],
  ["unix", lengthFramed()],
])("a session over %s", (kind, codec) => {
  it(`F-16 F-30 ${codec.name}: values, streams and large messages cross, small calls pass beside them`, async () => {
    const service = await serve(kind, { codec, limits: { message: 32 * 1024 * 1024 } });
    const { remote, stats } = Object.assign(service.dial({ limits: { message: 32 * 1024 * 1024 } }));
    const value = {
      big: 10n ** 30n,
      map: new Map([["a", new Date(0)]]),
      bytes: new Uint8Array([1, 2]),
      text: 'ü\n\\"',
    };
    expect(await remote.echo(value)).toEqual(value);
    const items: number[] = [];
    for await (const item of await remote.count(500)) items.push(item);
    expect(items).toHaveLength(500);
    const large = randomBytes(3_000_000);
    const order: string[] = [];
    const [echoed] = await Promise.all([
      remote.echo(new Uint8Array(large)).then((bytes: Uint8Array) => {
        order.push("large");
        return bytes;
      }),
      remote.add(1, 1).then(() => order.push("small")),
    ]);
    expect(Buffer.compare(Buffer.from(echoed), large)).toBe(0);
    expect(order).toContain("small");
    expect(typeof stats).toBe("function");
  });
});

describe("wrong pairings", () => {
  it("F-30 an unframed codec on a byte stream is refused when the session is opened", async () => {
    const service = await serve("tcp");
    const transport = socketTransport(service.raw);
    expect(() => openSession(transport, { codec: json() })).toThrow(/cannot find its messages in a stream of bytes/);
    transport.close();
  });

  it("F-31 two ends with different codecs find out at once, with a typed end on both", async () => {
    const service = await serve("tcp", { codec: lengthFramed() });
    const session = service.dial({ codec: ndjson() });
    const failed: unknown = await session.remote.add(1, 1).catch((error: unknown) => error);
    expect(failed).toSatisfy(RpcError.is);
    expect(["PROTOCOL_ERROR", "RESOURCE_EXHAUSTED", "UNAVAILABLE", "FAILED_PRECONDITION"]).toContain(
      (await session.closed).code,
    );
    expect(["PROTOCOL_ERROR", "RESOURCE_EXHAUSTED"]).toContain((await service.sessions[0]!.closed).code);
  });

  it("F5 a peer that speaks another protocol, or says nothing, ends a call with a typed error", async () => {
    for (const greeting of [
      "SSH-2.0-OpenSSH_9.2\r\n",
      "220 mail.example ESMTP\r\n",
      '{"jsonrpc":"2.0"}\n',
      "[]\n",
      "null\n",
    ]) {
      const stranger = createServer(
        (socket) =>
          void socket
            .on("error", () => {})
            .resume()
            .end(greeting),
      );
      await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
      const { port } = stranger.address() as { port: number };
      const session = openSession<Api>(socketTransport(() => connect(port, "127.0.0.1")));
      const failed: unknown = await session.remote.add(1, 1).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: expect.stringMatching(/PROTOCOL_ERROR|UNAVAILABLE/) });
      await new Promise((resolve) => stranger.close(resolve));
    }
  });

  it("F9 a server that accepts and says nothing is given up after the handshake's time", async () => {
    const silent = createServer((socket) => void socket.on("error", () => {}).resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const session = openSession<Api>(
      socketTransport(() => connect(port, "127.0.0.1")),
      { limits: { handshake: 100 } },
    );
    const started = performance.now();
    const failed: unknown = await session.remote.add(1, 1).catch((error: unknown) => error);
    expect(failed).toSatisfy(RpcError.is);
    expect(performance.now() - started).toBeLessThan(within(1_000));
    await new Promise((resolve) => silent.close(resolve));
  });
});
