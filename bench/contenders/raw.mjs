// The pinned control: what people write by hand. One message per call, integer ids, port.on("message").
// It must stay under 40 lines and must not get cleverer: every ratio is taken to it.

/** Serves echo over a port. */
export function serve(port) {
  port.on("message", ({ id, method, args }) => {
    port.postMessage({ id, result: methods[method](...args) });
  });
}

const methods = { echo: (value) => value };

/** Calls over a port. */
export function connect(port) {
  const pending = new Map();
  let nextId = 0;
  port.on("message", ({ id, result }) => {
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
    move: (buffer) => call("echo", [buffer], [buffer]),
  };
}
