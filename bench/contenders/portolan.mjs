import { createClient } from "@portolan/client";
import { transfer } from "@portolan/protocol";
import { serve as serveRouter } from "@portolan/server";
import { portTransport } from "@portolan/worker-threads";

const router = {
  echo: (value) => value,
  async *count(items) {
    for (let item = 0; item < items; item++) yield item;
  },
  async callBack(times, callback) {
    for (let done = 0; done < times; done += 64) {
      await Promise.all(Array.from({ length: Math.min(64, times - done) }, () => callback()));
    }
  },
};

/** Serves the router over a port. */
export function serve(port) {
  serveRouter(portTransport(port, { trusted: true }), router);
}

/** Calls over a port. */
export function connect(port) {
  const client = createClient(portTransport(port, { trusted: true }));
  return {
    echo: (value) => client.echo(value),
    move: (buffer) => client.echo(transfer(buffer)),
    async stream(items) {
      let seen = 0;
      for await (const item of client.count(items)) seen = item;
      if (seen !== items - 1) throw new Error(`the stream ended at ${seen}`);
    },
    callbacks: (times) => client.callBack(times, () => {}),
    close: () => client.close(),
  };
}
