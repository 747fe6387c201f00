// WebSockets for those contenders that are given a socket, and a hand-written port of JSON over one.
// Not at the top: pages have no `ws`.
async function library() {
  const ws = await import("ws");
  // Node 20 has no global WebSocket yet, and some libraries take it for granted.
  globalThis.WebSocket ??= ws.WebSocket;
  return ws;
}

/** Hears the sockets of an http server. */
export async function onSockets(server, listener) {
  const { WebSocketServer } = await library();
  new WebSocketServer({ server, perMessageDeflate: false }).on("connection", listener);
}

/** Opens a socket. */
export async function openSocket(url) {
  const { WebSocket } = await library();
  const socket = new WebSocket(url, { perMessageDeflate: false });
  return new Promise((resolve, reject) => socket.once("open", () => resolve(socket)).once("error", reject));
}

/** A socket that looks like a port: each message is JSON. */
export function json(socket) {
  const hearing = new Map();
  return {
    on(_event, listener) {
      hearing.set(listener, (data) => listener(JSON.parse(String(data))));
      socket.on("message", hearing.get(listener));
    },
    off: (_event, listener) => socket.off("message", hearing.get(listener)),
    postMessage: (message) => socket.send(JSON.stringify(message)),
  };
}
