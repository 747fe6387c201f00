import { defineConnector, type Listener, type Transport, transportPair } from "@portolan/protocol";

/** A listener and a connector to it, and a way to cut what is between them: what is on its way is lost. */
export function breakableLink() {
  let arrive: (transport: Transport) => void = () => {};
  let ends: readonly Transport[] = [];
  let count = 0;
  const listener: Listener = {
    address: undefined,
    ready: Promise.resolve(),
    accept: (accepted) => {
      arrive = accepted;
    },
    close: async () => {},
  };
  const connector = defineConnector(
    () => {
      const [here, there] = transportPair();
      ends = [here, there];
      arrive(there);
      return here;
    },
    { backoff: { first: 1, longest: 2 } },
  );
  const cut = () => {
    count++;
    for (const end of ends) end.close({ code: "UNAVAILABLE", message: "cut", by: "platform" });
    ends = [];
  };
  return {
    listener,
    connector,
    cut,
    get cuts() {
      return count;
    },
  };
}

/** The same numbers each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
