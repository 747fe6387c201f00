// As its README says: a channel over an io on either side. Its io for a Worker takes any port that has onmessage.
// Serialization is superjson, the default. It has no streams: items are pushed through a callback.
import { onSockets, openSocket } from "./sockets.mjs";
import { pushInWaves, tally } from "./waves.mjs";

const bound = new Set();
const api = {
  echo: async (value) => value,
  push: (items, callback) => pushInWaves(items, callback),
  keep: async (callback) => void bound.add(callback),
  drop: async () => bound.clear(),
};

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: 'export { RPCChannel, WorkerParentIO } from "kkrpc/browser";',
  both: 'export { RPCChannel, WorkerParentIO, WorkerChildIO } from "kkrpc/browser";',
};

/** What it cannot do, or not in a time that anyone would wait for. */
export const cannot = {
  "64 MB bytes copied": "superjson writes each byte as a number: out of memory",
  "callbacks, 64 at once": "its callbacks answer nothing",
};

/** Serves over a port. */
export async function serve(port) {
  const { RPCChannel, WorkerParentIO } = await import("kkrpc");
  new RPCChannel(new WorkerParentIO(port), { expose: api });
}

/** Calls over a port. */
export async function connect(port) {
  const { RPCChannel, WorkerParentIO } = await import("kkrpc");
  return callsOf(new RPCChannel(new WorkerParentIO(port), { expose: {} }));
}

/** Serves over WebSockets. */
export async function serveSockets(server) {
  const { RPCChannel, WebSocketServerIO } = await import("kkrpc");
  await onSockets(server, (socket) => new RPCChannel(new WebSocketServerIO(socket), { expose: api }));
}

/** Calls over a WebSocket, once one has shown that the server is there. */
export async function connectSocket(url) {
  await openSocket(url).then((socket) => socket.close());
  const { RPCChannel, WebSocketClientIO } = await import("kkrpc");
  return callsOf(new RPCChannel(new WebSocketClientIO({ url }), { expose: {} }));
}

function callsOf(channel) {
  const remote = channel.getAPI();
  return {
    echo: (value) => remote.echo(value),
    async stream(items) {
      const seen = tally(items);
      await remote.push(items, seen.take);
      seen.end();
      channel.freeCallbacks();
    },
    async bind(count) {
      await Promise.all(Array.from({ length: count }, () => remote.keep(() => {})));
      return async () => {
        await remote.drop();
        channel.freeCallbacks();
      };
    },
  };
}
