import { callInWaves, double, tally } from "./waves.mjs";

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: `
    export { createClient } from "@portolan/client";
    export { portTransport } from "@portolan/worker-threads";`,
  both: `
    export { createClient } from "@portolan/client";
    export { serve } from "@portolan/server";
    export { portTransport } from "@portolan/worker-threads";`,
};

/** Serves the router over a port. */
export async function serve(port) {
  const { portTransport } = await import("@portolan/worker-threads");
  await serveOn(portTransport(port, { trusted: true }));
}

/** Calls over a port. */
export async function connect(port) {
  const { createClient } = await import("@portolan/client");
  const { portTransport } = await import("@portolan/worker-threads");
  return callsOf(createClient(portTransport(port, { trusted: true })));
}

/** Serves the router to WebSockets. */
export async function serveSockets(server) {
  const { webSocketListener } = await import("@portolan/websocket/server");
  await serveOn(webSocketListener({ server, origins: [], allowNoOrigin: true }));
}

/** Calls over a WebSocket. */
export async function connectSocket(url) {
  const { createClient } = await import("@portolan/client");
  const { webSocketConnector } = await import("@portolan/websocket");
  const { WebSocket } = await import("ws");
  return callsOf(createClient(webSocketConnector(url, { WebSocket })));
}

/** Serves the router over anything. */
export async function serveOn(source) {
  const { RpcTarget, release, retain, serve: serveRouter, transfer } = await import("@portolan/server");
  const bound = new Set();
  class Step extends RpcTarget {
    #number = 0;
    next() {
      const step = new Step();
      step.#number = this.#number + 1;
      return step;
    }
    number() {
      return this.#number;
    }
  }
  serveRouter(source, {
    echo: (value) => value,
    move: (buffer) => transfer(buffer),
    async *count(items) {
      for (let item = 0; item < items; item++) yield item;
    },
    async *kilobytes(items) {
      for (let item = 0; item < items; item++) yield new Uint8Array(1024);
    },
    callBack: (times, callback) => callInWaves(times, callback),
    keep: (callback) => void bound.add(retain(callback)),
    drop() {
      for (const callback of bound) release(callback);
      bound.clear();
    },
    start: () => new Step(),
  });
}

/** What the bench does with a client. */
export function callsOf(client) {
  let transfer;
  return {
    echo: (value) => client.echo(value),
    // Imported once, as a program does: by every call it costs a tenth of one.
    async move(buffer) {
      transfer ??= (await import("@portolan/client")).transfer;
      return client.move(transfer(buffer));
    },
    async stream(items) {
      const seen = tally(items);
      for await (const item of client.count(items)) seen.take(item);
      seen.end();
    },
    stalled(items) {
      const iterator = client.kilobytes(items)[Symbol.asyncIterator]();
      return { first: iterator.next(), next: () => iterator.next() };
    },
    callbacks: (times) => client.callBack(times, double),
    chain: () => client.start().next().next().next().number(),
    async bind(count) {
      await Promise.all(Array.from({ length: count }, () => client.keep(() => {})));
      return () => client.drop();
    },
    close: () => client.close(),
  };
}
