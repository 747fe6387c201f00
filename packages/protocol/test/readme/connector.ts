import { defineConnector, openSession, transportPair } from "../../src/index.ts";

let dials = 0;
const source = defineConnector(
  () => {
    dials++;
    const [here, there] = transportPair(); // connect a socket here
    openSession(there, { expose: { dial: () => dials } });
    return here;
  },
  { backoff: { first: 10 } },
);

const open = source.open({});
const first = await open.session();
console.log(await (first.remote as { dial(): Promise<number> }).dial()); // 1
await first.close(); // lost: it dials again, and calls wait for it
const second = await open.session();
console.log(await (second.remote as { dial(): Promise<number> }).dial()); // 2
await open.close();
