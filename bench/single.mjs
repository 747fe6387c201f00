// The figures that a process of its own makes for one contender: cold start, chain, stalled consumer, memory, size.
// Rounds are interleaved here too: every contender once, then every contender again.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { summary } from "./figures.mjs";

const child = fileURLToPath(new URL("./suites/child.mjs", import.meta.url));

/** Each suite, with its rows, a control to run beside, and the rounds that it needs at most. */
const suites = [
  { what: "chain", control: "raw", rows: [["chain of five, 10 ms each way", "value", "ms"]] },
  { what: "import", control: undefined, rows: [["import alone", "value", "ms"]] },
  { what: "first-call", control: "raw", rows: [["import, thread and first call", "value", "ms"]] },
  { what: "stalled", control: "raw-push", most: 3, rows: [["stalled consumer of 1M x 1 KB", "value", "MB"]] },
  {
    what: "memory",
    control: "raw-push",
    most: 3,
    rows: [
      ["heap per bound callback", "value", "B"],
      ["heap left after release, per callback", "left", "B"],
      ["callbacks bound", "perSecond", "per second"],
    ],
  },
  {
    what: "size",
    control: undefined,
    most: 1,
    rows: [
      ["bundle of a client over a port, min+gzip", "value", "kB"],
      ["bundle of client and server, min+gzip", "both", "kB"],
      ["installed", "installed", "kB"],
    ],
  },
];

/** The rows that this can make, by name. */
export const singleRows = suites.flatMap((suite) => suite.rows.map(([name]) => ({ name, suite })));

/** Measures rows, each with every contender. `tell` hears each row when it is done. */
export async function measureSingle(chosen, contenders, { rounds }, tell) {
  for (const suite of new Set(chosen.map((row) => row.suite))) {
    // What differs by an option does not differ here.
    const libraries = contenders.filter((name) => name !== "portolan-low-latency");
    const names = suite.control ? [suite.control, ...libraries] : libraries;
    const found = new Map(names.map((name) => [name, []]));
    for (let round = 0; round < Math.min(suite.most ?? rounds, rounds); round++) {
      for (const name of names) if (!found.get(name)[0]?.cannot) found.get(name).push(await one(suite.what, name));
    }
    for (const [name, field, unit] of suite.rows) {
      if (chosen.some((row) => row.name === name)) tell({ name, kind: "figure", unit, contenders: pick(found, field) });
    }
  }
}

async function one(what, name) {
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--expose-gc", "--no-warnings", child, what, name],
      {
        timeout: 90_000,
      },
    );
    return JSON.parse(/^@(.*)$/m.exec(stdout)[1]);
  } catch (error) {
    return { cannot: error.killed ? "nothing within 90 s" : "its process ended without an answer" };
  }
}

function pick(found, field) {
  const figures = {};
  for (const [name, results] of found) {
    const why = results.find((result) => result.cannot)?.cannot;
    const numbers = results.map((result) => result[field]).filter((number) => typeof number === "number");
    figures[name] = why ? { cannot: why } : numbers.length === 0 ? { cannot: "does not apply" } : summary(numbers);
  }
  return figures;
}
