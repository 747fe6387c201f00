// Rounds are interleaved (A B C A B C), so that whatever else the machine does, it does to all of them. The control
// runs twice in each round: the second is the noise row, and nothing closer to 1 than that row is a difference.
import { median, summary } from "./figures.mjs";

/** Milliseconds that one contender may take for a round, about; and for a whole answer, before it is given up. */
const roundTime = 250;
const patience = 30_000;

/**
 * Runs one workload on every side.
 *
 * @param sides by name; a string in place of a side says why there is none.
 * @param pace how much of the usual time and work each round takes, 1 for all.
 * @returns the control's figures and each contender's ratios to it, or why there are none.
 */
export async function compare(workload, sides, { rounds, pace }) {
  const missing = new Map();
  const units = new Map();
  for (const [name, side] of sides) {
    const why = typeof side === "string" ? side : await prepare(workload, name, side, pace, units);
    if (why !== undefined) missing.set(name, why);
  }
  if (!units.has(workload.control))
    throw new Error(`${workload.name}: the control fails: ${missing.get(workload.control)}`);
  units.set("noise", units.get(workload.control));
  const measured = await interleave(workload, sides, units, missing, rounds);
  return report(workload, measured, missing);
}

// Finds out whether a contender does the work at all, and how much of it fits in a round.
async function prepare(workload, name, side, pace, units) {
  try {
    const fit = Math.round((roundTime * pace * 1000) / effort(await warmUp(workload, side)));
    units.set(name, Math.max(workload.least, Math.min(workload.most * pace, fit)));
    return undefined;
  } catch (error) {
    return sentence(error);
  }
}

// Runs more and more until it has taken a round's time in sum, so that what is compiled later is compiled by then.
async function warmUp(workload, side) {
  let spent = 0;
  for (let units = workload.least; ; units = Math.min(units * 4, workload.most)) {
    const found = await run(workload, side, units);
    spent += effort(found) * units;
    if (spent > roundTime * 1000) return found;
  }
}

// Processor time, where it is known: on a busy machine little may be done in much time. Waiting counts, too, but less.
function effort({ time, cpu }) {
  return Number.isNaN(cpu) ? time : Math.max(cpu, time / 4);
}

async function interleave(workload, sides, units, missing, rounds) {
  const measured = new Map([...units.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, figures] of measured) {
      const side = sides.get(name === "noise" ? workload.control : name);
      try {
        figures.push(await run(workload, side, units.get(name)));
      } catch (error) {
        missing.set(name, sentence(error));
        measured.delete(name);
      }
    }
  }
  return measured;
}

async function run(workload, side, units) {
  const processor = await side.processorTime();
  const start = performance.now();
  await inTime(workload.run(side, Math.ceil(units)));
  const time = ((performance.now() - start) * 1000) / Math.ceil(units);
  return { time, cpu: ((await side.processorTime()) - processor) / Math.ceil(units) };
}

function report(workload, measured, missing) {
  const control = measured.get(workload.control);
  const contenders = {};
  for (const [name, figures] of measured) {
    if (name === workload.control) continue;
    const speed = figures.map(({ time }, round) => control[round].time / time);
    const cpu = figures.map((figure, round) => figure.cpu / control[round].cpu);
    contenders[name] = { ...summary(speed), cpu: median(cpu) };
  }
  for (const [name, why] of missing) contenders[name] = { cannot: why };
  const time = median(control.map((figure) => figure.time));
  return { control: { time, cpu: median(control.map((figure) => figure.cpu)) }, contenders };
}

/** Gives up what takes too long, and keeps this process waiting for it. */
export async function inTime(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${patience / 1000} s`)), patience);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An error in one line. */
export function sentence(error) {
  return String(error?.message ?? error)
    .split("\n", 1)[0]
    .slice(0, 160);
}
