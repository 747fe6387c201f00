// As its README says: post and on, on either side; JSON by hand over a WebSocket. It passes no callbacks, but either
// side has functions: the near side's are called instead. It has no streams: items are pushed through such a function.
import { hear } from "./ports.mjs";
import { json, onSockets, openSocket } from "./sockets.mjs";
import { callInWaves, double, pushInWaves, tally } from "./waves.mjs";

const channel = (port) => ({
  post: (data) => port.postMessage(data),
  on: (listener) => hear(port, listener),
});

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: 'export { createBirpc } from "birpc";',
  both: 'export { createBirpc } from "birpc";',
};

/** Serves over a port. */
export async function serve(port) {
  const { createBirpc } = await import("birpc");
  const near = createBirpc(
    {
      echo: (value) => value,
      push: (items) => pushInWaves(items, (item) => near.take(item)),
      callBack: (times) => callInWaves(times, (number) => near.double(number)),
    },
    channel(port),
  );
}

/** Calls over a port. */
export async function connect(port) {
  const { createBirpc } = await import("birpc");
  let seen;
  const remote = createBirpc({ double, take: (item) => seen.take(item) }, channel(port));
  return {
    echo: (value) => remote.echo(value),
    async stream(items) {
      seen = tally(items);
      await remote.push(items);
      seen.end();
    },
    callbacks: (times) => remote.callBack(times),
  };
}

/** Serves over WebSockets, as JSON. */
export const serveSockets = (server) => onSockets(server, (socket) => serve(json(socket)));

/** Calls over a WebSocket, as JSON. */
export const connectSocket = async (url) => connect(json(await openSocket(url)));
