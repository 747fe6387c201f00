import { createLocalClient } from "@portolan/client";
import { contract, implement, procedure } from "@portolan/server";
import { z } from "zod";

// Shared: needs no server, and no handler.
const chart = contract({
  depth: procedure.input(z.string()).output(z.number()).idempotent(),
  ports: procedure.yields(z.string()),
});

// Here: the compiler asks for every procedure.
const { procedures, router } = implement(chart);
const api = router({
  depth: procedures.depth.handler(({ input }) => input.length),
  ports: procedures.ports.handler(async function* () {
    yield "genoa";
  }),
});

// There: the contract is the type of the API.
const client = createLocalClient<typeof chart>(api);
console.log(await client.depth("genoa")); // 5
await client.close();
