// As its documentation says: acknowledgements are answers, both ways; WebSocket alone, so that no polling is measured.
// It has no streams: items are emitted, without flow control.
import { callInWaves, double, tally } from "./waves.mjs";

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: 'export { io } from "socket.io-client";',
  both: 'export { io } from "socket.io-client"; export { Server } from "socket.io";',
};

/** Serves over WebSockets. */
export async function serveSockets(server) {
  const { Server } = await import("socket.io");
  new Server(server, { transports: ["websocket"], maxHttpBufferSize: 1e9 }).on("connection", (socket) => {
    socket.on("echo", (value, answer) => answer(value));
    socket.on("callBack", async (times, answer) => {
      answer(await callInWaves(times, (number) => socket.emitWithAck("double", number)));
    });
    socket.on("push", (items, answer) => {
      for (let item = 0; item < items; item++) socket.emit("item", item);
      answer();
    });
  });
}

/** Calls over a WebSocket. */
export async function connectSocket(url) {
  const { io } = await import("socket.io-client");
  const socket = io(url.replace("ws:", "http:"), { transports: ["websocket"] });
  let seen;
  socket.on("double", (number, answer) => answer(double(number)));
  socket.on("item", (item) => seen.take(item));
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("connect_error", reject));
  return {
    echo: (value) => socket.emitWithAck("echo", value),
    async stream(items) {
      seen = tally(items);
      await socket.emitWithAck("push", items);
      seen.end();
    },
    callbacks: (times) => socket.emitWithAck("callBack", times),
    close: () => socket.close(),
  };
}
