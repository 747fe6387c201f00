import type { AddressInfo } from "node:net";
import { connect, type Socket } from "node:net";
import type { Transport } from "@portolan/protocol";
import { WebSocket } from "ws";
import { type WebSocketTransportOptions, webSocketTransport } from "../../src/index.ts";
import { type WebSocketListener, type WebSocketListenerOptions, webSocketListener } from "../../src/server/index.ts";

/** A listener on a free loopback port, and what arrived at it. */
export interface Served {
  readonly listener: WebSocketListener;
  readonly url: string;
  readonly port: number;
  readonly arrived: Transport[];
  readonly reports: unknown[];
  /** The next transport that arrives, or the first that nobody took. */
  next(): Promise<Transport>;
  close(): Promise<void>;
}

export async function serveSockets(
  options: Partial<Extract<WebSocketListenerOptions, { port: number }>> = {},
): Promise<Served> {
  const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: "*", allowNoOrigin: true, ...options });
  const arrived: Transport[] = [];
  const reports: unknown[] = [];
  const waiting: ((transport: Transport) => void)[] = [];
  let taken = 0;
  listener.accept(
    (transport) => {
      arrived.push(transport);
      const next = waiting.shift();
      if (next) next(arrived[taken++] as Transport);
    },
    (error) => reports.push(error),
  );
  await listener.ready;
  const { port } = listener.address as AddressInfo;
  return {
    listener,
    url: `ws://127.0.0.1:${port}`,
    port,
    arrived,
    reports,
    next() {
      const here = arrived[taken];
      if (here) {
        taken++;
        return Promise.resolve(here);
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    async close() {
      await listener.close();
      for (const transport of arrived) transport.close();
      await Promise.all(arrived.map(({ port }) => closed(port as WebSocket)));
    },
  };
}

/** A client of `ws` whose socket the transport owns. */
export function dial(url: string, options: WebSocketTransportOptions = {}): { client: Transport; socket: WebSocket } {
  const socket = new WebSocket(url);
  return { client: webSocketTransport(() => socket, options), socket };
}

/** Resolves once a socket of `ws` is closed. */
export function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** The next message of a transport. */
export function message(transport: Transport): Promise<unknown> {
  return new Promise((resolve) => {
    const stop = transport.receive((data) => {
      resolve(data);
      stop();
    });
  });
}

/** Speaks HTTP by hand: sends the bytes, returns the socket and all that came back when it ends. */
export function raw(port: number, text: string | Uint8Array): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  const answer = new Promise<string>((resolve) => {
    let text = "";
    socket.on("data", (data) => {
      text += data.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
  socket.write(text);
  return { socket, answer };
}

/** The request of a browser that upgrades, with other headers as you like. */
export function upgradeRequest(headers: Record<string, string>, path = "/"): string {
  const all = {
    Host: "127.0.0.1",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  return `GET ${path} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;
}

/** How many listeners a socket of `ws` has that are not `ws`'s own. */
export function listenersOf(socket: WebSocket): number {
  return socket.eventNames().reduce((count, name) => count + socket.listenerCount(name), 0);
}
