#!/usr/bin/env node
// Portolan over WebSockets against a hand-written echo on `ws`, each server in a child process, rounds interleaved.
// Prints the median ratio to the control, above 1 is faster, and the processor time of both processes.
//
//   node bench/sockets/run.mjs [--only stream] [--rounds 6] [--scale 1]
//
// One call in flight depends on where the two processes run: together on one processor, or each on its own, which sleeps
// between messages. Either way the ratio is near 1; where the two sides of a round were placed differently it is anything
// from 0.3 to 3. Hold both: taskset -c 0 node bench/sockets/run.mjs --only "1 in flight"
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    rounds: { type: "string", default: "6" },
    scale: { type: "string", default: "1" },
  },
});
const scale = Number(options.scale);
/** Rounds that only compile what the others run: at least so many, and at least so many calls. */
const warmUp = { rounds: 3, calls: 1_000 };
const megabyte = new Uint8Array(1024 * 1024).map((_, index) => index);

const rows = [
  ["1 in flight", 2_000, (side, count) => calls(side, 1, count), 0],
  ["64 in flight", 20_000, (side, count) => calls(side, 64, count), 1.8],
  ["1 000 in flight", 20_000, (side, count) => calls(side, 1_000, count), 2.5],
  ["stream of small items", 100_000, (side, count) => side.stream(count), 3],
  ["callbacks, 64 at once", 10_000, (side, count) => side.callbacks(count), 0],
  ["1 MB of bytes, binary form", 60, (side, count) => each(count, () => side.bytes(megabyte)), 0.9],
];

for (const [name, count, run, asked] of rows)
  if (name.includes(options.only)) await row(name, count * scale, run, asked);

async function row(name, count, run, asked) {
  const form = name.includes("binary") ? "binary" : "text";
  const raw = await open("raw", form);
  const portolan = await open("portolan", form);
  const rounds = [];
  const cold = Math.max(warmUp.rounds, Math.ceil(warmUp.calls / count));
  for (let round = 1 - cold; round <= Number(options.rounds); round++) {
    const control = await measured(raw, count, run);
    const ours = await measured(portolan, count, run);
    const noise = await measured(raw, count, run);
    if (round > 0) rounds.push({ control, ours, noise });
  }
  const median = (pick) => rounds.map(pick).sort((a, b) => a - b)[rounds.length >> 1];
  const times = (which) => median(({ control, [which]: other }) => control.time / other.time).toFixed(2);
  const cpu = median(({ control, ours }) => ours.cpu / control.cpu).toFixed(2);
  const unit = median(({ control }) => control.time).toFixed(2);
  console.log(
    `${name}: ${times("ours")}x (asked ${asked || "nothing"}), cpu ${cpu}x, noise ${times("noise")}x, raw ${unit} µs`,
  );
  for (const { side, child } of [raw, portolan]) {
    await side.close();
    child.kill();
  }
}

async function open(contender, form) {
  const child = fork(fileURLToPath(new URL("server.mjs", import.meta.url)), [contender, form]);
  const port = await told(child);
  const { connect } = await import(new URL(`${contender}.mjs`, import.meta.url).href);
  return { side: await connect(port, form === "binary"), child };
}

async function measured({ side, child }, count, run) {
  const before = await processor(child);
  const start = performance.now();
  await run(side, count);
  const time = ((performance.now() - start) * 1000) / count;
  return { time, cpu: (await processor(child)) - before };
}

async function processor(child) {
  const { user, system } = process.cpuUsage();
  child.send("cpu");
  return user + system + (await told(child));
}

function told(child) {
  return new Promise((resolve) => child.once("message", resolve));
}

async function calls(side, inFlight, count) {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await side.echo(7);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function each(count, run) {
  for (let done = 0; done < count; done++) await run();
}
