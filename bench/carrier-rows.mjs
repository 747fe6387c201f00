// Rows of one carrier, on any runtime: opens every contender, measures, and ends them.
import { compare, inTime, sentence } from "./rounds.mjs";

/**
 * Measures rows, each with every contender.
 *
 * @param rows each `{ name, workload }`.
 * @param open makes the side of a contender by name; undefined where it has none on this carrier.
 * @param tell hears each row when it is done.
 */
export async function measureCarrier(rows, open, contenders, options, tell) {
  const controls = [...new Set(rows.map(({ workload }) => workload.control))];
  const sides = await openAll([...controls, ...contenders], open);
  for (const { name, workload } of rows) {
    const taking = [...sides].filter(([one]) => !controls.includes(one) || one === workload.control);
    const found = await compare(workload, able(taking, workload), options);
    await tell({ name, kind: "ratio", unit: "µs", ...found });
  }
  for (const side of sides.values()) if (typeof side !== "string") await end(side);
}

async function openAll(names, open) {
  const sides = new Map();
  for (const name of names) {
    try {
      sides.set(name, (await inTime(open(name))) ?? "not over this carrier");
    } catch (error) {
      sides.set(name, sentence(error));
    }
  }
  return sides;
}

function able(sides, { name: work, needs }) {
  const without = { stream: "no streams", callbacks: "passes no functions", move: "moves nothing", echo: "no calls" };
  const why = (side) => side.cannot?.[work] ?? (side[needs] ? undefined : without[needs]);
  return new Map(sides.map(([name, side]) => [name, typeof side === "string" ? side : (why(side) ?? side)]));
}

async function end(side) {
  try {
    await side.close?.();
    await side.end();
  } catch (error) {
    // What a library says when it is closed changes no figure.
    console.error(sentence(error));
  }
}
