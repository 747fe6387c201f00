import { MessageChannel } from "node:worker_threads";
import { createClient, notify, safe, withOptions } from "@portolan/client";
import { serve } from "@portolan/server";
import { portTransport } from "@portolan/worker-threads";

const api = {
  hash: async (paths: string[], onProgress: (done: number) => void) => {
    for (const [index] of paths.entries()) onProgress(index + 1);
    return paths.map((path) => path.length);
  },
  never: () => new Promise<void>(() => {}),
  log: { write: (line: string) => console.log(line) },
  byName: (name: string) => ({ name, latest: () => `the latest of ${name}` }),
};
const { port1, port2 } = new MessageChannel();
const server = serve(portTransport(port1), api);

const client = createClient<typeof api>(portTransport(port2));
console.log(await client.hash(["a", "bc"], (done) => console.log(done, "done"))); // 1 done · 2 done · [1,2]
console.log(await client.byName("ada").latest()); // the latest of ada

const { error } = await safe(withOptions(client, { timeout: 20 }).never());
console.log(error?.code); // DEADLINE_EXCEEDED

notify(client.log.write)("fire and forget"); // nothing comes back
await client.close();
await server.close();
