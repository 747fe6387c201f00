import { createLocalClient, retry } from "@portolan/client";
import { RpcError } from "@portolan/server";

let runs = 0;
const api = {
  depth: (port: string) => {
    if (++runs < 3) throw new RpcError("UNAVAILABLE", "high tide");
    return port.length;
  },
};

const client = createLocalClient(api, {
  interceptors: {
    outgoing: [
      async (call, next) => {
        const result = await next({ ...call, metadata: { trace: "1" } });
        console.log(call.path.join("."), "took", runs, "runs"); // depth took 3 runs
        return result;
      },
      retry({ idempotent: (call) => call.path[0] === "depth", backoff: { first: 1 } }),
    ],
  },
});
console.log(await client.depth("genoa")); // 5
await client.close();
