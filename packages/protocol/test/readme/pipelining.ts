import { openSession, transportPair } from "../../src/index.ts";

const api = {
  user: (name: string) => ({ name, orders: { latest: () => ({ id: 7, of: name }) } }),
  price: (order: { readonly id: number }) => order.id * 100,
};

const [here, there] = transportPair();
openSession(there, { expose: api });
const session = openSession<typeof api>(here);

// Three calls, one round trip: none of them waits for an answer to be sent.
console.log(await session.remote.price(session.remote.user("ada").orders.latest())); // 700
await session.close();
