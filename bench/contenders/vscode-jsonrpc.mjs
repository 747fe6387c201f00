// As its README says, with its reader and writer for ports. It passes no callbacks, but either side has requests: the
// near side's are called instead. It has no streams: items are pushed by notifications, without flow control.
import { callInWaves, double, tally } from "./waves.mjs";

async function connectionOver(port) {
  const { createMessageConnection, PortMessageReader, PortMessageWriter } = (await import("vscode-jsonrpc/node"))
    .default;
  return createMessageConnection(new PortMessageReader(port), new PortMessageWriter(port));
}

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: 'export { default } from "vscode-jsonrpc/node";',
  page: 'export { createMessageConnection, BrowserMessageReader } from "vscode-jsonrpc/browser";',
};

/** Serves over a port. */
export async function serve(port) {
  const connection = await connectionOver(port);
  connection.onRequest("echo", ({ value }) => ({ value }));
  connection.onRequest("callBack", ({ times }) =>
    callInWaves(times, (number) => connection.sendRequest("double", { number })),
  );
  connection.onRequest("push", async ({ items }) => {
    for (let item = 0; item < items; item++) await connection.sendNotification("item", { item });
  });
  connection.listen();
}

/** Calls over a port. */
export async function connect(port) {
  const connection = await connectionOver(port);
  let seen;
  connection.onRequest("double", ({ number }) => double(number));
  connection.onNotification("item", ({ item }) => seen.take(item));
  connection.listen();
  return {
    echo: async (value) => (await connection.sendRequest("echo", { value })).value,
    async stream(items) {
      seen = tally(items);
      await connection.sendRequest("push", { items });
      seen.end();
    },
    callbacks: (times) => connection.sendRequest("callBack", { times }),
    close: () => connection.dispose(),
  };
}
