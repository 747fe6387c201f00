// Portolan over WebSockets, as text or, with `bytes`, in the binary form.
import { createClient } from "@portolan/client";
import { serve as serveRouter } from "@portolan/server";
import { webSocketConnector } from "@portolan/websocket";
import { webSocketListener } from "@portolan/websocket/server";
import { WebSocket } from "ws";

const router = {
  echo: (value) => value,
  async *count(items) {
    for (let item = 0; item < items; item++) yield item;
  },
  async callBack(times, callback) {
    for (let done = 0; done < times; done += 64) {
      await Promise.all(Array.from({ length: Math.min(64, times - done) }, () => callback()));
    }
  },
};

/** Serves the router; resolves to the port. */
export async function serve(binary) {
  const listener = webSocketListener({ port: 0, host: "127.0.0.1", origins: [], allowNoOrigin: true, binary });
  const server = serveRouter(listener, router, { limits: { message: 64 * 1024 * 1024 } });
  await server.ready;
  return server.address.port;
}

/** Calls it. */
export async function connect(port, binary) {
  const client = createClient(webSocketConnector(`ws://127.0.0.1:${port}`, { WebSocket, binary }));
  return {
    echo: (value) => client.echo(value),
    bytes: (bytes) => client.echo(bytes),
    async stream(items) {
      let seen = 0;
      for await (const item of client.count(items)) seen = item;
      if (seen !== items - 1) throw new Error(`the stream ended at ${seen}`);
    },
    callbacks: (times) => client.callBack(times, () => {}),
    close: () => client.close(),
  };
}
