// As its documentation says for workers: a group of RPCs with schemas, RpcServer on NodeWorkerRunner over there, and
// RpcClient on NodeWorker here. It starts the worker itself and passes no functions. Schema.Unknown stands for any value.
import { tally } from "./waves.mjs";

async function group() {
  const { Schema } = await import("effect");
  const { Rpc, RpcGroup } = await import("effect/rpc");
  return RpcGroup.make(
    Rpc.make("echo", { payload: { value: Schema.Any }, success: Schema.Any }),
    Rpc.make("count", { payload: { items: Schema.Number }, success: Schema.Number, stream: true }),
    Rpc.make("kilobytes", { payload: { items: Schema.Number }, success: Schema.String, stream: true }),
  );
}

/** What a program imports for it: the near side, and both. */
export const imports = {
  near: `
    export { Effect, Layer, Schema, Scope, Stream } from "effect";
    export { Rpc, RpcClient, RpcGroup } from "effect/rpc";
    export * from "@effect/platform-node/NodeWorker";`,
};

/** Serves over the worker's own port. */
export async function serve() {
  const { Effect, Layer, Stream } = await import("effect");
  const { RpcServer } = await import("effect/rpc");
  const NodeWorkerRunner = await import("@effect/platform-node/NodeWorkerRunner");
  const rpcs = await group();
  const handlers = rpcs.toLayer({
    echo: ({ value }) => Effect.succeed(value),
    count: ({ items }) => Stream.range(0, items - 1),
    kilobytes: ({ items }) => Stream.map(Stream.range(0, items - 1), (item) => `${item}${"x".repeat(1024)}`),
  });
  const server = RpcServer.layer(rpcs).pipe(
    Layer.provide(handlers),
    Layer.provide(RpcServer.layerProtocolWorkerRunner),
    Layer.provide(NodeWorkerRunner.layer),
  );
  Effect.runFork(Layer.launch(server));
}

/** Starts a worker by means of the library. */
export async function openThread(startWorker) {
  const { Effect, Exit, Layer, Scope, Stream } = await import("effect");
  const { RpcClient } = await import("effect/rpc");
  const NodeWorker = await import("@effect/platform-node/NodeWorker");
  const rpcs = await group();
  const protocol = RpcClient.layerProtocolWorker({ size: 1, concurrency: 10_000 }).pipe(
    Layer.provide(NodeWorker.layer(() => startWorker())),
  );
  const scope = Effect.runSync(Scope.make());
  const client = await Effect.runPromise(
    RpcClient.make(rpcs).pipe(
      Effect.provide(await Effect.runPromise(Layer.buildWithScope(protocol, scope))),
      Scope.provide(scope),
    ),
  );
  return {
    echo: (value) => Effect.runPromise(client.echo({ value })),
    async stream(items) {
      const seen = tally(items);
      await Effect.runPromise(Stream.runForEach(client.count({ items }), (item) => Effect.sync(() => seen.take(item))));
      seen.end();
    },
    stalled(items) {
      const iterator = Stream.toAsyncIterable(client.kilobytes({ items }))[Symbol.asyncIterator]();
      return { first: iterator.next(), next: () => iterator.next() };
    },
    end: () => Effect.runPromise(Scope.close(scope, Exit.void)),
  };
}
