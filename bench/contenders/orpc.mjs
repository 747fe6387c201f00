// As its documentation says: RPCHandler upgrades a port or a socket, RPCLink goes over it; streams are event iterators.
// It passes no functions.
import { onSockets, openSocket } from "./sockets.mjs";
import { tally } from "./waves.mjs";

/** What it cannot do. */
export const cannot = {
  "1 MB bytes copied": "its serializer has no bytes",
  "64 MB bytes copied": "its serializer has no bytes",
};

async function router() {
  const { os } = await import("@orpc/server");
  return {
    echo: os.handler(({ input }) => input),
    count: os.handler(async function* ({ input }) {
      for (let item = 0; item < input; item++) yield item;
    }),
    kilobytes: os.handler(async function* ({ input }) {
      const kilobyte = "x".repeat(1024);
      for (let item = 0; item < input; item++) yield `${item}${kilobyte}`;
    }),
  };
}

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: `
    export { createORPCClient } from "@orpc/client";
    export { RPCLink } from "@orpc/client/message-port";`,
  both: `
    export { createORPCClient } from "@orpc/client";
    export { RPCLink } from "@orpc/client/message-port";
    export { os } from "@orpc/server";
    export { RPCHandler } from "@orpc/server/message-port";`,
};

/** Serves over a port. */
export async function serve(port) {
  const { RPCHandler } = await import("@orpc/server/message-port");
  new RPCHandler(await router()).upgrade(port);
  port.start();
}

/** Calls over a port. */
export async function connect(port) {
  const { createORPCClient } = await import("@orpc/client");
  const { RPCLink } = await import("@orpc/client/message-port");
  const side = callsOf(createORPCClient(new RPCLink({ port })));
  port.start();
  return side;
}

/** Serves over WebSockets. */
export async function serveSockets(server) {
  const { RPCHandler } = await import("@orpc/server/ws");
  const handler = new RPCHandler(await router());
  await onSockets(server, (socket) => void handler.upgrade(socket));
}

/** Calls over a WebSocket. */
export async function connectSocket(url) {
  const { createORPCClient } = await import("@orpc/client");
  const { RPCLink } = await import("@orpc/client/websocket");
  return callsOf(createORPCClient(new RPCLink({ websocket: await openSocket(url) })));
}

function callsOf(client) {
  return {
    echo: (value) => client.echo(value),
    async stream(items) {
      const seen = tally(items);
      for await (const item of await client.count(items)) seen.take(item);
      seen.end();
    },
    stalled(items) {
      const iterator = client.kilobytes(items);
      const next = async () => (await iterator).next();
      return { first: next(), next };
    },
  };
}
