// Calls over a worker thread for two seconds, so many in flight: for bench/profile.mjs.
import { openThread } from "../carriers/worker-thread.mjs";

const [name, lanes] = process.argv.slice(2);
const side = await openThread(name);
const start = performance.now();
let calls = 0;
let over = false;
setTimeout(() => {
  over = true;
}, 2000);

await Promise.all(Array.from({ length: Number(lanes) }, lane));
console.log(`${(((performance.now() - start) * 1000) / calls).toFixed(2)} µs a call`);
await side.end();

async function lane() {
  while (!over) {
    await side.echo(calls);
    calls++;
  }
}
