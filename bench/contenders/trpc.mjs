// As its documentation says: applyWSSHandler there, wsLink here; streams are subscriptions by async generators. JSON, no
// transformer. It has no MessagePort link of its own, and passes no functions.
import { WebSocket, WebSocketServer } from "ws";
import { tally } from "./waves.mjs";

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: 'export { createTRPCClient, createWSClient, wsLink } from "@trpc/client";',
  both: `
    export { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
    export { initTRPC } from "@trpc/server";
    export { applyWSSHandler } from "@trpc/server/adapters/ws";`,
};

/** Serves over WebSockets. */
export async function serveSockets(server) {
  const { initTRPC } = await import("@trpc/server");
  const { applyWSSHandler } = await import("@trpc/server/adapters/ws");
  const t = initTRPC.create();
  const router = t.router({
    echo: t.procedure.input((value) => value).query(({ input }) => input),
    count: t.procedure
      .input((value) => value)
      .subscription(async function* ({ input }) {
        for (let item = 0; item < input; item++) yield item;
      }),
  });
  applyWSSHandler({ wss: new WebSocketServer({ server, perMessageDeflate: false }), router });
}

/** Calls over a WebSocket. */
export async function connectSocket(url) {
  const { createTRPCClient, createWSClient, wsLink } = await import("@trpc/client");
  const socket = createWSClient({ url, WebSocket });
  const client = createTRPCClient({ links: [wsLink({ client: socket })] });
  return {
    echo: (value) => client.echo.query(value),
    async stream(items) {
      const seen = tally(items);
      await new Promise((onComplete, onError) => {
        client.count.subscribe(items, { onData: seen.take, onComplete, onError });
      });
      seen.end();
    },
    close: () => socket.close(),
  };
}
