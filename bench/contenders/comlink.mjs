// As its README says for Node: the endpoint adapter on either side, callbacks by proxy(), buffers by transfer().
// It has no streams: items are pushed through a callback.
import { callInWaves, double, pushInWaves, tally } from "./waves.mjs";

const load = async (port) => ({
  Comlink: await import("comlink"),
  // Pages have ports that it takes as they are.
  endpoint: "on" in port ? (await import("comlink/dist/esm/node-adapter.mjs")).default : (dom) => dom,
});

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: 'export { wrap, proxy, transfer } from "comlink";',
  both: 'export { expose, wrap, proxy, transfer } from "comlink";',
};

/** Serves over a port. */
export async function serve(port) {
  const { Comlink, endpoint } = await load(port);
  const bound = new Set();
  Comlink.expose(
    {
      echo: (value) => value,
      move: (buffer) => Comlink.transfer(buffer, [buffer]),
      async push(items, callback) {
        await pushInWaves(items, callback);
        callback[Comlink.releaseProxy]();
      },
      async callBack(times, callback) {
        await callInWaves(times, callback);
        callback[Comlink.releaseProxy]();
      },
      keep: (callback) => void bound.add(callback),
      drop() {
        for (const callback of bound) callback[Comlink.releaseProxy]();
        bound.clear();
      },
    },
    endpoint(port),
  );
}

/** Calls over a port. */
export async function connect(port) {
  const { Comlink, endpoint } = await load(port);
  const remote = Comlink.wrap(endpoint(port));
  return {
    echo: (value) => remote.echo(value),
    move: (buffer) => remote.move(Comlink.transfer(buffer, [buffer])),
    async stream(items) {
      const seen = tally(items);
      await remote.push(items, Comlink.proxy(seen.take));
      seen.end();
    },
    callbacks: (times) => remote.callBack(times, Comlink.proxy(double)),
    async bind(count) {
      await Promise.all(Array.from({ length: count }, () => remote.keep(Comlink.proxy(() => {}))));
      return () => remote.drop();
    },
  };
}
