// Measures each way in turn, round by round, so that all of them meet the same noise.
import { createClient } from "@portolan/client";
import { mainTransport } from "@portolan/electron/renderer";
import { createTRPCClient } from "@trpc/client";
import { ipcLink } from "trpc-electron/renderer";

const portolan = createClient(mainTransport());
const trpc = createTRPCClient({ links: [ipcLink()] });

const sides = {
  "by hand": {
    echo: (value) => byHand.echo(value),
    items: (count) =>
      new Promise((done) => {
        let seen = 0;
        byHand.items(
          count,
          () => seen++,
          () => done(seen),
        );
      }),
  },
  portolan: {
    echo: (value) => portolan.echo(value),
    async items(count) {
      let seen = 0;
      for await (const _ of portolan.items(count)) seen++;
      return seen;
    },
  },
  "trpc-electron": {
    echo: (value) => trpc.echo.query(value),
    items: (count) =>
      new Promise((done, fail) => {
        let seen = 0;
        trpc.items.subscribe(count, { onData: () => seen++, onComplete: () => done(seen), onError: fail });
      }),
  },
};
sides.noise = sides["by hand"];

const text = "x".repeat(1024 * 1024);
const bytes = new Uint8Array(1024 * 1024).fill(7);

const workloads = {
  "1 in flight": (side) => calls(side, 1, 1_000, 7),
  "64 in flight": (side) => calls(side, 64, 8_000, 7),
  "1 MB texts": (side) => calls(side, 1, 20, text),
  "1 MB bytes": (side) => calls(side, 1, 20, bytes, (back) => back.byteLength === bytes.byteLength && back[9] === 7),
  "10 000 items": async (side) => {
    const seen = await side.items(10_000);
    if (seen !== 10_000) throw new Error(`expected 10 000 items, got ${seen}`);
    return 10_000;
  },
};

async function calls(side, inFlight, count, value, isIt = (back) => back === value) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) if (!isIt(await side.echo(value))) throw new Error("another value came back");
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return count;
}

globalThis.measure = async (rounds) => {
  const figures = {};
  for (const [name, run] of Object.entries(workloads)) {
    const times = Object.fromEntries(Object.keys(sides).map((way) => [way, []]));
    figures[name] = times;
    // The first round warms up and is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const [way, side] of Object.entries(sides)) {
        const began = performance.now();
        try {
          const units = await run(side);
          if (round > 0) times[way].push(((performance.now() - began) * 1000) / units);
        } catch (error) {
          times[way] = String(error);
        }
      }
    }
  }
  return figures;
};
