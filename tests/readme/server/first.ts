import { MessageChannel } from "node:worker_threads";
import { createClient } from "@portolan/client";
import { type Call, serve } from "@portolan/server";
import { portTransport } from "@portolan/worker-threads";

const api = {
  add: (a: number, b: number) => a + b,
  files: {
    async *lines(path: string) {
      yield* [`${path}: one`, `${path}: two`];
    },
    whoAsks(this: Call) {
      return this.path.join(".");
    },
  },
};
export type Api = typeof api;

const { port1, port2 } = new MessageChannel();
const server = serve(portTransport(port1), api);

const client = createClient<Api>(portTransport(port2));
console.log(await client.add(1, 2)); // 3
console.log(await client.files.whoAsks()); // files.whoAsks
for await (const line of client.files.lines("a.txt")) console.log(line); // a.txt: one · a.txt: two

await client.close();
await server.close();
