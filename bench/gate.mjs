import { appendFileSync } from "node:fs";
import { comparedRows, measureCompared } from "./compared.mjs";
import { gates, tries } from "./gates.mjs";

/**
 * Holds Portolan to its gates, each row a test: by time, or by processor time where others kept it waiting. One that
 * fails is measured again: only what is slow each time fails.
 *
 * @returns the exit code.
 */
export async function runGates() {
  let left = Object.keys(gates);
  const asked = left.length;
  const last = new Map();
  for (let attempt = 1; attempt <= tries && left.length > 0; attempt++) {
    const rows = comparedRows.filter(({ name }) => left.includes(name));
    await measureCompared(rows, ["portolan"], { rounds: 5, pace: 0.4 }, ({ name, contenders: { portolan } }) => {
      const passed = portolan.value >= gates[name] || portolan.cpu <= 1 / gates[name];
      const found = portolan.cannot ?? `${portolan.value.toFixed(2)}x by hand, processor ${portolan.cpu.toFixed(2)}x`;
      last.set(name, `${name}: ${found}, the gate is ${gates[name]}x`);
      console.log(`${passed ? "passed" : "slow"}: ${last.get(name)}`);
      if (passed) left = left.filter((other) => other !== name);
    });
  }
  for (const name of left) note(`failed: ${last.get(name)}`);
  console.log(`\n${asked - left.length} passed, ${left.length} failed, 0 skipped`);
  return left.length === 0 ? 0 : 1;
}

// CI shows once more, at its end, what each of its rows had to say.
function note(line) {
  const file = process.env.PORTOLAN_CLOSING_NOTES;
  if (file) appendFileSync(file, `${line}\n`);
}
