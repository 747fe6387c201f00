import { comparedRows, measureCompared } from "./compared.mjs";
import { gates, tries } from "./gates.mjs";

/**
 * Holds Portolan to its gates, each row a test. One that fails is measured again: only what is slow each time fails.
 *
 * @returns the exit code.
 */
export async function runGates() {
  let left = Object.keys(gates);
  const asked = left.length;
  for (let attempt = 1; attempt <= tries && left.length > 0; attempt++) {
    const rows = comparedRows.filter(({ name }) => left.includes(name));
    await measureCompared(rows, ["portolan"], { rounds: 5, pace: 0.4 }, ({ name, contenders: { portolan } }) => {
      const passed = portolan.value >= gates[name];
      const found = portolan.cannot ?? `${portolan.value.toFixed(2)}x by hand`;
      console.log(`${passed ? "passed" : "slow"}: ${name}: ${found}, the gate is ${gates[name]}x`);
      if (passed) left = left.filter((other) => other !== name);
    });
  }
  console.log(`\n${asked - left.length} passed, ${left.length} failed, 0 skipped`);
  return left.length === 0 ? 0 : 1;
}
