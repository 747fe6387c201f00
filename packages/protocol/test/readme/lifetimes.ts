import { disposable, openSession, RpcTarget, release, retain, transportPair } from "../../src/index.ts";

class Counter extends RpcTarget {
  #n = 0;
  increase(by = 1) {
    this.#n += by;
    return this.#n;
  }
  [Symbol.dispose]() {
    console.log("nobody holds the counter any more");
  }
}

const listeners = new Set<(news: string) => void>();
const api = {
  counter: () => new Counter(), // what a call returns is owned by the caller
  onNews(listener: (news: string) => void) {
    const kept = retain(listener); // what an argument lends ends with the call, unless it is kept
    listeners.add(kept);
    return disposable(() => {
      listeners.delete(kept);
      release(kept);
    });
  },
};

const [here, there] = transportPair();
openSession(there, { expose: api });
const session = openSession<typeof api>(here);

const counter = await session.remote.counter();
console.log(await counter.increase(), await counter.increase(5)); // 1 6
release(counter); // or `using counter = …`, or let it be collected

const stop = await session.remote.onNews((news) => console.log(news)); // nobody holds the counter any more
for (const listener of listeners) await listener("land in sight"); // land in sight
await stop();
console.log(listeners.size); // 0
await session.close();
