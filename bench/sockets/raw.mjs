// The pinned control over WebSockets: what people write by hand with `ws`. JSON text, one message per call or item,
// integer ids, no flow control; bytes go as binary messages. It must not get cleverer: every ratio is taken to it.
import { WebSocket, WebSocketServer } from "ws";

/** Serves echo, a pushed stream and a caller of callbacks; resolves to the port. */
export async function serve() {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    perMessageDeflate: false,
    maxPayload: 64 * 1024 * 1024,
  });
  server.on("connection", (socket) => {
    const waiting = new Map();
    socket.on("message", (data, isBinary) => {
      if (isBinary) return socket.send(data);
      const message = JSON.parse(data);
      if (message.method === "count") {
        for (let item = 0; item < message.items; item++) socket.send(JSON.stringify({ item }));
        socket.send(JSON.stringify({ done: true }));
      } else if (message.method === "callback") void callBack(socket, waiting, message.times);
      else if (message.answer !== undefined) {
        waiting.get(message.answer)();
        waiting.delete(message.answer);
      } else socket.send(JSON.stringify({ id: message.id, result: message.args[0] }));
    });
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return server.address().port;
}

async function callBack(socket, waiting, times) {
  let nextId = 0;
  const one = () =>
    new Promise((resolve) => {
      const id = nextId++;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ callback: id }));
    });
  for (let done = 0; done < times; done += 64) {
    await Promise.all(Array.from({ length: Math.min(64, times - done) }, one));
  }
  socket.send(JSON.stringify({ done: true }));
}

/** Calls it. */
export async function connect(port) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  await new Promise((resolve) => socket.once("open", resolve));
  const pending = new Map();
  let nextId = 0;
  let finish;
  socket.on("message", (data, isBinary) => {
    if (isBinary) return finish(data);
    const message = JSON.parse(data);
    if (message.callback !== undefined) return socket.send(JSON.stringify({ answer: message.callback }));
    if (message.done) return finish();
    if (message.item !== undefined) return;
    pending.get(message.id)(message.result);
    pending.delete(message.id);
  });
  const whenFinished = (send) =>
    new Promise((resolve) => {
      finish = resolve;
      send();
    });
  return {
    echo: (value) =>
      new Promise((resolve) => {
        const id = nextId++;
        pending.set(id, resolve);
        socket.send(JSON.stringify({ id, method: "echo", args: [value] }));
      }),
    bytes: (bytes) => whenFinished(() => socket.send(bytes)),
    stream: (items) => whenFinished(() => socket.send(JSON.stringify({ method: "count", items }))),
    callbacks: (times) => whenFinished(() => socket.send(JSON.stringify({ method: "callback", times }))),
    close: () => socket.close(),
  };
}
