import * as Comlink from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";

const api = {
  echo: (value) => value,
  async callBack(times, callback) {
    for (let done = 0; done < times; done += 64) {
      await Promise.all(Array.from({ length: Math.min(64, times - done) }, () => callback()));
    }
  },
};

/** Serves over a port. */
export function serve(port) {
  Comlink.expose(api, nodeEndpoint(port));
}

/** Calls over a port. */
export function connect(port) {
  const remote = Comlink.wrap(nodeEndpoint(port));
  return {
    echo: (value) => remote.echo(value),
    move: (buffer) => remote.echo(Comlink.transfer(buffer, [buffer])),
  };
}
