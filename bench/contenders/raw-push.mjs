// The control for streams and callbacks: a hand-written push, one message per item, without flow control,
// and a hand-written callback, one message there and one back. Memory: an id on either side.
import { hear } from "./ports.mjs";
import { json, onSockets, openSocket } from "./sockets.mjs";
import { callInWaves, double, tally } from "./waves.mjs";

/** Serves a stream, a caller of callbacks and a table of bound ones over a port. */
export function serve(port) {
  const waiting = new Map();
  const bound = new Map();
  let nextId = 0;
  hear(port, (message) => {
    if (message.count !== undefined) push(message.count, message.kilobytes);
    else if (message.times !== undefined) void callInWaves(message.times, call).then(finish);
    else if (message.bind !== undefined) bound.set(message.bind, (value) => port.postMessage({ callback: value }));
    else if (message.unbind !== undefined) bound.delete(message.unbind);
    else if (message.flush) port.postMessage({ done: true });
    else if (message.answer !== undefined) {
      waiting.get(message.answer)(message.value);
      waiting.delete(message.answer);
    }
  });
  const finish = () => port.postMessage({ done: true });

  function push(items, kilobytes) {
    for (let item = 0; item < items; item++) port.postMessage({ item: kilobytes ? new Uint8Array(1024) : item });
    finish();
  }

  function call(number) {
    return new Promise((resolve) => {
      const id = nextId++;
      waiting.set(id, resolve);
      port.postMessage({ callback: id, number });
    });
  }
}

/** The near side of it. */
export function connect(port) {
  const callbacks = new Map();
  let finish;
  let take;
  let nextId = 0;
  hear(port, (message) => {
    if (message.done) finish();
    else if (message.item !== undefined) take(message.item);
    else if (message.callback !== undefined) {
      port.postMessage({ answer: message.callback, value: double(message.number) });
    }
  });
  const run = (message) =>
    new Promise((resolve) => {
      finish = resolve;
      port.postMessage(message);
    });
  return {
    async stream(items) {
      const seen = tally(items);
      take = seen.take;
      await run({ count: items });
      seen.end();
    },
    callbacks: (times) => run({ times }),
    async bind(count) {
      const first = nextId;
      for (let made = 0; made < count; made++) {
        callbacks.set(nextId, () => {});
        port.postMessage({ bind: nextId++ });
      }
      await run({ flush: true });
      return async () => {
        for (let id = first; id < first + count; id++) {
          callbacks.delete(id);
          port.postMessage({ unbind: id });
        }
        await run({ flush: true });
      };
    },
    stalled(items) {
      const waiting = [];
      const first = new Promise((resolve) => {
        take = (item) => waiting.push(item) === 1 && resolve(item);
      });
      finish = () => {};
      port.postMessage({ count: items, kilobytes: true });
      return { first, next: () => waiting.shift() };
    },
  };
}

/** Serves them to WebSockets, as JSON. */
export const serveSockets = (server) => onSockets(server, (socket) => serve(json(socket)));

/** The near side over a WebSocket. */
export const connectSocket = async (url) => connect(json(await openSocket(url)));
