import { openSession, RpcError, transportPair } from "../../src/index.ts";

const api = {
  open(path: string) {
    throw new RpcError("NOT_FOUND", `no ${path} here`, { data: { path } });
  },
  divide(a: bigint, b: bigint) {
    return a / b; // throws a RangeError for 0n
  },
};

const [here, there] = transportPair(); // trusted, as threads are; sockets and pages are not
openSession(there, { expose: api });
const session = openSession<typeof api>(here);

try {
  await session.remote.open("map.txt");
} catch (error) {
  if (RpcError.is(error)) console.log(error.code, error.data, error.delivered); // NOT_FOUND {"path":"map.txt"} yes
}
await session.remote.divide(1n, 0n).catch((error) => console.log(error.code, error.cause instanceof RangeError)); // INTERNAL true
await session.close();
await session.remote.open("x").catch((error) => console.log(error.code, error.delivered)); // UNAVAILABLE no
