// As its README says: a definition on either side and an adapter of two functions; moving buffers is an option of it,
// and is only asked for where buffers move. It has no streams: items are pushed through a callback.
import { hear } from "./ports.mjs";
import { json, onSockets, openSocket } from "./sockets.mjs";
import { pushInWaves, tally } from "./waves.mjs";

const adapter = (port) => ({
  sendMessage: (message, transfer) => port.postMessage(message, transfer),
  onMessage: (callback) => hear(port, callback),
});

const bound = new Set();
const api = {
  echo: async (value) => value,
  push: (items, callback) => pushInWaves(items, callback),
  keep: async (callback) => void bound.add(callback),
};

const copying = { namespace: "bench" };
const moving = { namespace: "bench moves", transfer: true };

/** What it cannot do. */
export const cannot = { "callbacks, 64 at once": "its callbacks answer nothing" };

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: 'export { defineProxy } from "comctx";',
  both: 'export { defineProxy } from "comctx";',
};

// It takes this for granted, which Node has from 22 on.
Promise.withResolvers ??= () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

/** Serves over a port. */
export async function serve(port) {
  const { defineProxy } = await import("comctx");
  const [provideMoves] = defineProxy(() => ({ move: async (buffer) => buffer }), moving);
  const startMoving = async () => void provideMoves(adapter(port));
  const [provide] = defineProxy(() => ({ ...api, startMoving }), copying);
  provide(adapter(port));
}

/** Calls over a port. */
export async function connect(port) {
  const { defineProxy } = await import("comctx");
  const [, inject] = defineProxy(() => ({}), copying);
  const remote = inject(adapter(port));
  let mover;
  return {
    echo: (value) => remote.echo(value),
    async move(buffer) {
      if (!mover) {
        await remote.startMoving();
        mover = defineProxy(() => ({}), moving)[1](adapter(port));
      }
      return mover.move(buffer);
    },
    async stream(items) {
      const seen = tally(items);
      await remote.push(items, seen.take);
      seen.end();
    },
    async bind(count) {
      await Promise.all(Array.from({ length: count }, () => remote.keep(() => {})));
    },
  };
}

/** Serves over WebSockets, as JSON. */
export const serveSockets = (server) => onSockets(server, (socket) => serve(json(socket)));

/** Calls over a WebSocket, as JSON. */
export const connectSocket = async (url) => connect(json(await openSocket(url)));
