// As its README says: an RpcTarget on the far side, a stub on the near one; streams are ReadableStreams.
import { onSockets, openSocket } from "./sockets.mjs";
import { callInWaves, double, tally } from "./waves.mjs";

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: 'export { newMessagePortRpcSession } from "capnweb";',
  both: 'export { newMessagePortRpcSession, RpcTarget } from "capnweb";',
};

/** Serves over a port. */
export async function serve(port) {
  const { newMessagePortRpcSession } = await import("capnweb");
  newMessagePortRpcSession(port, await api());
}

/** Calls over a port. */
export async function connect(port) {
  const { newMessagePortRpcSession } = await import("capnweb");
  return callsOf(newMessagePortRpcSession(port));
}

/** Serves over WebSockets. */
export async function serveSockets(server) {
  const { newWebSocketRpcSession } = await import("capnweb");
  const target = await api();
  await onSockets(server, (socket) => newWebSocketRpcSession(socket, target));
}

/** Calls over a WebSocket. */
export async function connectSocket(url) {
  const { newWebSocketRpcSession } = await import("capnweb");
  return callsOf(newWebSocketRpcSession(await openSocket(url)));
}

async function api() {
  const { RpcTarget } = await import("capnweb");
  const bound = new Set();
  class Step extends RpcTarget {
    #number = 0;
    next() {
      const step = new Step();
      step.#number = this.#number + 1;
      return step;
    }
    number() {
      return this.#number;
    }
  }
  return new (class extends RpcTarget {
    echo(value) {
      return value;
    }
    count(items) {
      return streamOf(items, (item) => item);
    }
    kilobytes(items) {
      return streamOf(items, () => new Uint8Array(1024));
    }
    callBack(times, callback) {
      return callInWaves(times, callback);
    }
    keep(callback) {
      bound.add(callback.dup());
    }
    drop() {
      for (const callback of bound) callback[Symbol.dispose]();
      bound.clear();
    }
    start() {
      return new Step();
    }
  })();
}

function streamOf(items, make) {
  let item = 0;
  return new ReadableStream({
    pull(controller) {
      if (item < items) controller.enqueue(make(item++));
      else controller.close();
    },
  });
}

function callsOf(stub) {
  return {
    echo: (value) => stub.echo(value),
    async stream(items) {
      const seen = tally(items);
      for await (const item of await stub.count(items)) seen.take(item);
      seen.end();
    },
    stalled(items) {
      const reader = Promise.resolve(stub.kilobytes(items)).then((stream) => stream.getReader());
      const next = async () => (await reader).read();
      return { first: next(), next };
    },
    callbacks: (times) => stub.callBack(times, double),
    chain: () => stub.start().next().next().next().number(),
    async bind(count) {
      await Promise.all(Array.from({ length: count }, () => stub.keep(() => {})));
      return () => stub.drop();
    },
  };
}
