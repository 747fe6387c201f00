import type { AddressInfo } from "node:net";
import { createClient } from "@portolan/client";
import { type ServeOptions, type Server, serve } from "@portolan/server";
import { afterEach } from "vitest";
import { WebSocket } from "ws";
import { type WebSocketConnectorOptions, webSocketConnector } from "../../src/index.ts";
import { type WebSocketListenerOptions, webSocketListener } from "../../src/server/index.ts";

/** Run in reverse after each test. */
export const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** What is served. */
export const api = {
  add: (a: number, b: number) => a + b,
  echo: <T>(value: T): T => value,
  never: () => new Promise<void>(() => {}),
  async each(list: number[], hear: (item: number) => void) {
    for (const item of list) await hear(item);
    return list.length;
  },
  async *count(to: number) {
    for (let i = 0; i < to; i++) yield i;
  },
  async *endless() {
    for (;;) yield "x".repeat(10_000);
  },
};

export type Api = typeof api;

/** Serves {@link api} until the test is over. */
export async function start(
  options: Partial<Extract<WebSocketListenerOptions, { port: number }>> = {},
  serving: ServeOptions = {},
): Promise<{ server: Server; url: string; port: number }> {
  const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: [], allowNoOrigin: true, ...options });
  const server = serve(listener, api, { onError: () => {}, ...serving });
  cleanups.push(() => server.close());
  await server.ready;
  const { port } = server.address as AddressInfo;
  return { server, url: `ws://127.0.0.1:${port}`, port };
}

/** A client of it, until the test is over. */
export function connect(url: string | (() => string), options: WebSocketConnectorOptions = {}, client = {}) {
  const made = createClient<Api>(webSocketConnector(url, { WebSocket, ...options }), { onError: () => {}, ...client });
  cleanups.push(() => made.close());
  return made;
}
