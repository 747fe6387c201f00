import { openSession, tap, transportPair } from "../../src/index.ts";

const [here, there] = transportPair();
openSession(there, { expose: { math: { add: (a: number, b: number) => a + b } } });
const lines: string[] = [];
const session = openSession<{ math: { add(a: number, b: number): number } }>(
  tap(here, { sink: ({ direction, kind, path }) => lines.push(`${direction} ${kind} ${path ?? ""}`) }),
);
await session.remote.math.add(1, 2);
console.log(lines.join(", ")); // out hello , out path math.add, out call math.add, in hello , in resolve math.add
console.log(session.stats().calls); // {"inFlight":0,"queued":0,"open":0}
await session.close();
