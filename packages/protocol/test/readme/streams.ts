import { openSession, transportPair } from "../../src/index.ts";

const api = {
  async *count(to: number) {
    try {
      for (let n = 1; n <= to; n++) yield n;
    } finally {
      console.log("the producer has finished");
    }
  },
  async sum(numbers: AsyncIterable<number>) {
    let sum = 0;
    for await (const n of numbers) sum += n;
    return sum;
  },
};

const [here, there] = transportPair();
openSession(there, { expose: api });
const session = openSession<typeof api>(here);

for await (const n of session.remote.count(1_000_000)) if (n === 3) break; // the producer has finished
console.log(await session.remote.sum(session.remote.count(4))); // the producer has finished · 10
await session.close();
