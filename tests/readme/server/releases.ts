import { MessageChannel } from "node:worker_threads";
import { createClient, status } from "@portolan/client";
import { contract, describeContract, implement, procedure, serve } from "@portolan/server";
import { portTransport } from "@portolan/worker-threads";
import { z } from "zod";

const chart = contract({ depth: procedure.input(z.string()).output(z.number()) });
const { procedures, router } = implement(chart);
const api = router({ depth: procedures.depth.handler(({ input }) => input.length) });

const { hash } = await describeContract(chart); // or from contract.json
const { port1, port2 } = new MessageChannel();
const server = serve(portTransport(port1), api, {
  contract: hash,
  context: (peer) => console.log("a client of", peer.contract), // a client of last-week
});

const client = createClient<typeof chart>(portTransport(port2), { contract: "last-week" });
console.log(await client.depth("genoa")); // 5
const now = status(client);
if (now.state === "ready" && now.contract !== "last-week") console.log("a new version is there"); // a new version is there
await client.close();
await server.close();
