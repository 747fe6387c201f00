// The pinned control: what people write by hand. One message per call, integer ids, port.on("message").
// It must stay this short and must not get cleverer: every ratio is taken to it. For streams and callbacks: raw-push.mjs.
import { hear } from "./ports.mjs";
import { json, onSockets, openSocket } from "./sockets.mjs";

const methods = { echo: (value) => value, move: (buffer) => buffer };

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: 'export { connect } from "./contenders/raw.mjs";',
  both: 'export { connect, serve } from "./contenders/raw.mjs";',
};

/** Serves echo over a port. */
export function serve(port) {
  hear(port, ({ id, method, args }) => {
    port.postMessage({ id, result: methods[method](...args) }, method === "move" ? args : undefined);
  });
}

/** Calls over a port. */
export function connect(port) {
  const pending = new Map();
  let nextId = 0;
  hear(port, ({ id, result }) => {
    const resolve = pending.get(id);
    pending.delete(id);
    resolve(result);
  });
  const call = (method, args, transfer) =>
    new Promise((resolve) => {
      const id = nextId++;
      pending.set(id, resolve);
      port.postMessage({ id, method, args }, transfer);
    });
  return {
    echo: (value) => call("echo", [value]),
    move: (buffer) => call("move", [buffer], [buffer]),
  };
}

/** Serves echo to WebSockets, as JSON. */
export const serveSockets = (server) => onSockets(server, (socket) => serve(json(socket)));

/** Calls over a WebSocket, as JSON. */
export const connectSocket = async (url) => connect(json(await openSocket(url)));
