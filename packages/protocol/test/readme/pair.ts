import { openSession, transportPair } from "../../src/index.ts";

const kitchen = {
  add: (a: number, b: number) => a + b,
  async cook(dish: string, onStep: (step: string) => void) {
    for (const step of ["chop", "fry"]) onStep(`${step} ${dish}`);
    return "ready";
  },
};
const table = { guests: () => ["ada", "grace"] };

const [here, there] = transportPair(); // or any two ends of a port
const cook = openSession<typeof table>(there, { expose: kitchen });
const guest = openSession<typeof kitchen>(here, { expose: table });

console.log(await guest.remote.add(1, 2)); // 3
console.log(await guest.remote.cook("onions", (step) => console.log(step))); // chop onions · fry onions · ready
console.log(await cook.remote.guests()); // ["ada","grace"]

await guest.close();
console.log((await cook.closed).message); // closed by this side
