/** Prints a row: ratios to the control with the spread of the middle half of the rounds, or plain figures. */
export function print({ name, kind, unit, control, contenders }) {
  console.log(control ? `\n${name}  (by hand ${figure(control.time)} ${unit})` : `\n${name}, ${unit}`);
  const absent = new Map();
  for (const [contender, found] of Object.entries(contenders)) {
    if (found.cannot) absent.set(found.cannot, [...(absent.get(found.cannot) ?? []), contender]);
    else console.log(`  ${contender.padEnd(22)} ${kind === "ratio" ? ratio(found) : plain(found)}`);
  }
  for (const [why, names] of absent) console.log(`  ${names.join(", ")}: -, ${why}`);
}

function ratio({ value, low, high, cpu }) {
  const processor = typeof cpu === "number" ? `   cpu ${cpu.toFixed(2)}x` : "";
  return `${`${value.toFixed(2)}x`.padStart(8)}   (${low.toFixed(2)} to ${high.toFixed(2)})${processor}`;
}

function plain({ value, low, high }) {
  return `${figure(value).padStart(10)}   (${figure(low)} to ${figure(high)})`;
}

/** A number with about three digits that matter. */
export function figure(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
