// The control for streams and callbacks: a hand-written push, one message per item, without flow control,
// and a hand-written callback, one message there and one back.

/** Serves a stream and a caller of callbacks over a port. */
export function serve(port) {
  const waiting = new Map();
  port.on("message", (message) => {
    if (message.method === "count") {
      for (let item = 0; item < message.items; item++) port.postMessage({ item });
      port.postMessage({ done: true });
    } else if (message.method === "callback") void callBack(message.times);
    else {
      waiting.get(message.answer)();
      waiting.delete(message.answer);
    }
  });

  async function callBack(times) {
    let nextId = 0;
    const one = () =>
      new Promise((resolve) => {
        const id = nextId++;
        waiting.set(id, resolve);
        port.postMessage({ callback: id });
      });
    for (let done = 0; done < times; done += 64) {
      await Promise.all(Array.from({ length: Math.min(64, times - done) }, one));
    }
    port.postMessage({ done: true });
  }
}

/** Consumes them. */
export function connect(port) {
  let finish;
  port.on("message", (message) => {
    if (message.done) finish();
    else if (message.callback !== undefined) port.postMessage({ answer: message.callback });
  });
  const run = (message) =>
    new Promise((resolve) => {
      finish = resolve;
      port.postMessage(message);
    });
  return {
    stream: (items) => run({ method: "count", items }),
    callbacks: (times) => run({ method: "callback", times }),
  };
}
