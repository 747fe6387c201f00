import type { IncomingMessage } from "node:http";
import { RpcError } from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { type WebSocketListenerOptions, webSocketListener } from "../src/server/index.ts";
import { dial, raw, upgradeRequest } from "./support/ends.ts";
import { serve } from "./support/served.ts";

describe("who is let in", () => {
  it("origins are required, and have to be origins", () => {
    const listen = (origins: unknown) => () =>
      webSocketListener({ noServer: true, origins } as unknown as WebSocketListenerOptions);
    expect(listen(undefined)).toThrow(TypeError);
    expect(listen("https://a.example")).toThrow(TypeError);
    expect(listen(["https://a.example/path"])).toThrow(/expected an origin/);
    expect(listen(["*"])).toThrow(/expected an origin/);
    expect(listen(["https://*.example"])).toThrow(/expected an origin/);
    expect(listen(["https://a.example", "null", "chrome-extension://abc"])).not.toThrow();
    expect(listen("*")).not.toThrow();
  });

  it("an origin is known by what browsers send: without the port that goes without saying, its host in ASCII", async () => {
    const said = [
      ["https://App.example:443", "https://app.example"],
      ["http://app.example:80", "http://app.example"],
      ["https://b\u00fccher.example", "https://xn--bcher-kva.example"],
      ["file://", "file://"],
      ["APP://Bundle", "app://bundle"],
    ] as const;
    const served = await serve({ origins: said.map(([named]) => named) });
    for (const [, Origin] of said) {
      const { socket } = raw(served.port, upgradeRequest({ Origin }));
      expect((await served.next()).peer).toMatchObject({ origin: Origin });
      socket.destroy();
    }
  });

  it("pages of other origins get 403, are reported, and never arrive", async () => {
    const served = await serve({ origins: ["https://app.example"], allowNoOrigin: false });
    for (const Origin of ["https://evil.example", "https://app.example.evil.com", "null", "https://APP.example:444"]) {
      expect(await raw(served.port, upgradeRequest({ Origin })).answer).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
    }
    expect(await raw(served.port, upgradeRequest({})).answer).toMatch(/^HTTP\/1.1 403/);
    expect(served.reports).toHaveLength(5);
    expect(served.reports.every((error) => RpcError.is(error) && error.code === "PERMISSION_DENIED")).toBe(true);
    expect(served.arrived).toEqual([]);
    const { socket } = raw(served.port, upgradeRequest({ Origin: "https://App.Example" }));
    expect((await served.next()).peer).toMatchObject({ kind: "websocket", origin: "https://App.Example" });
    socket.destroy();
  });

  it("a client without Origin comes in only if that is allowed", async () => {
    const strict = await serve({ allowNoOrigin: false });
    const { client } = dial(strict.url);
    expect(await client.closed).toMatchObject({ code: "PERMISSION_DENIED" });
    const lax = await serve({ allowNoOrigin: true });
    dial(lax.url);
    const { peer } = await lax.next();
    expect(peer).toMatchObject({ kind: "websocket", trusted: false, origin: undefined });
    expect(peer["remoteAddress"]).toMatch(/127\.0\.0\.1$/);
    expect((peer["request"] as IncomingMessage).headers["upgrade"]).toBe("websocket");
  });

  it("over loopback a foreign Host is refused, so that a page cannot come by a name of its own", async () => {
    const served = await serve({ hosts: ["app.example"] });
    const Origin = "http://evil.example";
    for (const Host of ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", ""]) {
      expect(await raw(served.port, upgradeRequest({ Origin, Host })).answer).toMatch(/^HTTP\/1.1 40[03]/);
    }
    expect(served.arrived).toEqual([]);
    for (const Host of ["localhost:1", "127.0.0.1", "[::1]:8080", "app.localhost", "App.Example:1"]) {
      const { socket } = raw(served.port, upgradeRequest({ Origin, Host }));
      await served.next();
      socket.destroy();
    }
  });

  it("hears only its path", async () => {
    const served = await serve({ path: "/rpc" });
    expect(await raw(served.port, upgradeRequest({}, "/other")).answer).toMatch(/^HTTP\/1.1 404/);
    const { client } = dial(`${served.url}/rpc?token=1`);
    await served.next();
    client.close();
  });

  it("a plain request gets 426", async () => {
    const served = await serve();
    const answer = await fetch(`http://127.0.0.1:${served.port}/`);
    expect(answer.status).toBe(426);
    await answer.text();
  });
});
