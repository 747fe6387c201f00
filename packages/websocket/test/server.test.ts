import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { subprotocol } from "../src/index.ts";
import { raw, upgradeRequest } from "./support/ends.ts";
import { serve } from "./support/served.ts";

describe("versions", () => {
  it("chooses the subprotocol of this version, and does without one", async () => {
    const served = await serve();
    const ours = new WebSocket(served.url, ["other", subprotocol]);
    await served.next();
    expect((await opening(ours)).protocol).toBe(subprotocol);
    const none = new WebSocket(served.url);
    await served.next();
    expect((await opening(none)).protocol).toBe("");
    ours.close();
    none.close();
  });

  it("a client of another version is closed with VERSION_MISMATCH, which it can read", async () => {
    const served = await serve();
    const socket = new WebSocket(served.url, ["portolan.99"]);
    const [code, reason] = await new Promise<[number, Buffer]>((resolve) =>
      socket.once("close", (...told) => resolve(told)),
    );
    expect(code).toBe(4051);
    expect(String(reason)).toContain(subprotocol);
    expect(served.arrived).toEqual([]);
    expect(served.reports).toEqual([expect.objectContaining({ code: "VERSION_MISMATCH" })]);
  });
});

it("the request of a peer tells its headers as often as it is asked, and as it came", async () => {
  const served = await serve();
  const sockets = [
    raw(served.port, upgradeRequest({ "X-Tenant": "a" })),
    raw(served.port, upgradeRequest({ "X-Tenant": "b" })),
  ];
  const peers = [await served.next(), await served.next()].map(({ peer }) => peer["request"] as IncomingMessage);
  for (const request of [...peers, ...peers]) expect(request.headers.upgrade).toBe("websocket");
  expect(peers.map(({ headers }) => headers["x-tenant"]).sort()).toEqual(["a", "b"]);
  for (const { socket } of sockets) socket.destroy();
});

function opening(socket: WebSocket): Promise<WebSocket> {
  if (socket.readyState === WebSocket.OPEN) return Promise.resolve(socket);
  return new Promise((resolve, reject) => socket.once("open", () => resolve(socket)).once("error", reject));
}
