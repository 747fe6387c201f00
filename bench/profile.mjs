#!/usr/bin/env node
// Where the time of calls over a worker thread goes, at both ends: what a ratio cannot say.
//
//   node bench/profile.mjs [contender] [in flight]      portolan, 64
//
// Each line is a share of the time that passed. "asleep" is a thread that waits to be woken; "the port" is what clones,
// posts and wakes the other thread. What V8 does for promises and proxies counts for those on whose lines it is done.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const [contender = "portolan", lanes = "64"] = process.argv.slice(2);
const loop = fileURLToPath(new URL("./suites/in-flight.mjs", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "portolan-profile-"));
try {
  const flags = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=100"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, loop, contender, lanes], {
    timeout: 60_000,
  });
  console.log(`${contender}, ${lanes} in flight: ${stdout.trim()}`);
  for (const file of readdirSync(folder)) print(JSON.parse(readFileSync(join(folder, file), "utf8")));
} finally {
  rmSync(folder, { recursive: true });
}

function print({ nodes, samples, timeDeltas }) {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const shares = new Map();
  let total = 0;
  // The first half is warming up.
  for (let at = samples.length >> 1; at < samples.length; at++) {
    const place = places.get(samples[at]);
    shares.set(place, (shares.get(place) ?? 0) + timeDeltas[at]);
    total += timeDeltas[at];
  }
  console.log(shares.has("our lanes") ? "  the caller" : "  the callee");
  for (const [place, time] of [...shares].sort(([, a], [, b]) => b - a))
    console.log(`    ${((100 * time) / total).toFixed(1).padStart(5)} %  ${place}`);
}

function placeOf({ functionName, url }) {
  if (functionName === "(idle)") return "asleep";
  if (functionName === "(garbage collector)") return "collecting garbage";
  if (["postMessage", "dispatch", "(program)"].includes(functionName)) return "the port";
  if (url.startsWith("node:")) return "the port";
  if (url.includes("/bench/suites/")) return "our lanes";
  return url.includes("/bench/") ? "the contender's file" : "the library";
}
