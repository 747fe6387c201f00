import { bindTests } from "@portolan/conformance";
import { afterAll, describe, it } from "vitest";
import { WebSocket } from "ws";
import { webSocketTransport } from "../src/index.ts";
import { closed, type Served, serveSockets } from "./support/ends.ts";

const listening: Promise<Served>[] = [];
afterAll(async () => {
  for (const served of listening) await (await served).listener.close();
});

for (const binary of [false, true]) {
  const served = serveSockets({ binary });
  listening.push(served);
  bindTests({ describe, it }, `over WebSockets with ${binary ? "binary" : "text"} frames`, {
    async connect() {
      const { url, next } = await served;
      const socket = new WebSocket(url);
      const near = webSocketTransport(() => socket, { binary });
      const far = await next();
      return {
        near,
        far,
        // `close` and `error` are heard until the closing handshake is over.
        listeners: () => socket.listenerCount("message") + socket.listenerCount("open"),
        async close() {
          await closed(socket);
          await closed(far.port as WebSocket);
        },
      };
    },
    traits: { carries: binary ? "bytes" : "text", framed: true, network: true, announcesDeath: false, trusted: false },
  });
}
