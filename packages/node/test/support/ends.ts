import { connect, type Socket } from "node:net";
import type { Listener, Transport } from "@portolan/protocol";
import { type SocketListenerOptions, socketListener, socketTransport } from "../../src/index.ts";

/** A listener and what arrived at it. */
export interface Served {
  readonly listener: Listener;
  readonly arrived: Transport[];
  readonly reports: unknown[];
  /** Where to `connect`. */
  readonly place: { readonly port: number } | { readonly path: string };
  /** The next transport that arrives, or the first that nobody took. */
  next(): Promise<Transport>;
  /** A client whose socket the transport owns. */
  dial(): { readonly client: Transport; readonly socket: Socket };
  close(): Promise<void>;
}

export async function serveSockets(options: SocketListenerOptions = { port: 0 }): Promise<Served> {
  const listener = socketListener(options);
  const arrived: Transport[] = [];
  const reports: unknown[] = [];
  const waiting: ((transport: Transport) => void)[] = [];
  let taken = 0;
  listener.accept(
    (transport) => {
      arrived.push(transport);
      waiting.shift()?.(arrived[taken++] as Transport);
    },
    (error) => reports.push(error),
  );
  await listener.ready;
  const place = "path" in options ? { path: options.path } : (listener.address as { port: number });
  return {
    listener,
    arrived,
    reports,
    place,
    next() {
      const here = arrived[taken];
      if (!here) return new Promise((resolve) => waiting.push(resolve));
      taken++;
      return Promise.resolve(here);
    },
    dial() {
      const socket = "path" in place ? connect(place.path) : connect(place.port, "127.0.0.1");
      return { client: socketTransport(() => socket), socket };
    },
    async close() {
      await listener.close();
      for (const transport of arrived) transport.close();
      await Promise.all(arrived.map(({ port }) => gone(port as Socket)));
    },
  };
}

/** Resolves once a socket is closed. */
export function gone(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once("close", () => resolve()));
}

/** All bytes that a transport received, once there are as many. */
export function bytes(transport: Transport, count: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const stop = transport.receive((chunk) => {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length < count) return;
      resolve(Buffer.concat(chunks));
      queueMicrotask(() => stop());
    });
  });
}
