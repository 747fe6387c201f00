import { figure } from "../print.mjs";
import { targets } from "../targets.mjs";

/** Every target beside what was measured, and the best of the other libraries. */
export function targetTable(rows) {
  const lines = targets.map((target) => targetLine(target, rows.get(target.row)));
  return table(["work", "asked", "measured", "reached", "best other"], lines);
}

function targetLine(target, row) {
  const { says, contender = "portolan", of = "value", to } = target;
  const work = says ? `${target.row}, ${says}` : target.row;
  const isLeast = target.least !== undefined;
  const unit = row && row.kind !== "ratio" && !to ? ` ${row.unit}` : "x";
  const asked = `${isLeast ? "at least" : "at most"} ${figure(isLeast ? target.least : target.most)}${unit}`;
  const found = row?.contenders[contender];
  if (!found || found.cannot) return [work, asked, "-", "-", "-"];
  const scale = to ? 1 / row.contenders[to].value : 1;
  const measured = found[of] * scale;
  return [
    work,
    asked,
    `${figure(measured)}${unit}`,
    reached(target, found, of, scale),
    best(row, of, scale, isLeast, unit),
  ];
}

// A figure whose own spread reaches the target is neither here nor there.
function reached({ least, most }, found, of, scale) {
  const value = found[of] * scale;
  if (least !== undefined ? value >= least : value <= most) return "yes";
  if (of !== "value") return "no";
  const edge = (least === undefined ? found.low : found.high) * scale;
  return (least !== undefined ? edge >= least : edge <= most) ? "within its spread" : "no";
}

function best(row, of, scale, isLeast, unit) {
  const others = Object.entries(row.contenders).filter(
    ([name, found]) => isOther(name) && typeof found[of] === "number",
  );
  if (others.length === 0) return "-";
  const [name, found] = others.sort(([, a], [, b]) => (isLeast ? b[of] - a[of] : a[of] - b[of]))[0];
  return `${name} ${figure(found[of] * scale)}${unit}`;
}

function isOther(name) {
  return !name.startsWith("portolan") && !name.startsWith("raw") && name !== "noise";
}

/** A table for each carrier: works down, contenders across, ratios to the control. */
export function ratioTables(rows) {
  const carriers = new Map();
  for (const row of rows.values()) {
    if (row.kind !== "ratio") continue;
    const [carrier] = row.name.split(": ");
    carriers.set(carrier, [...(carriers.get(carrier) ?? []), row]);
  }
  return [...carriers].map(([carrier, list]) => carrierTables(carrier, list)).join("\n\n");
}

function carrierTables(carrier, list) {
  const parts = [`### ${capital(carrier)}`, carrierTable(carrier, list, "time", spread)];
  // Pages are not told what their threads cost.
  if (list.some(({ control }) => typeof control.cpu === "number")) {
    parts.push("Processor time of both ends, as a ratio to the control; less is better:");
    parts.push(carrierTable(carrier, list, "cpu", ({ cpu }) => (typeof cpu === "number" ? figure(cpu) : "-")));
  }
  return parts.join("\n\n");
}

function carrierTable(carrier, list, of, cell) {
  const names = present(list);
  const lines = list.map(({ name: row, control, contenders }) => [
    row.slice(carrier.length + 2),
    typeof control[of] === "number" ? `${figure(control[of])} µs` : "-",
    ...names.map((name) => (contenders[name] && !contenders[name].cannot ? cell(contenders[name]) : "-")),
  ]);
  return table(["work", "by hand", ...names], lines);
}

// The noise last, and nobody who is not there at all.
function present(list) {
  const names = new Set(list.flatMap(({ contenders }) => Object.keys(contenders)));
  const there = [...names].filter((name) =>
    list.some(({ contenders }) => contenders[name] && !contenders[name].cannot),
  );
  return [...there.filter((name) => name !== "noise"), ...there.filter((name) => name === "noise")];
}

function spread(found) {
  return `${figure(found.value)} <sub>${figure(found.low)}–${figure(found.high)}</sub>`;
}

/** Plain figures: works down, contenders across. */
export function figureTables(rows) {
  const list = [...rows.values()].filter(({ kind }) => kind === "figure");
  const names = present(list);
  const value = (found) => (!found || found.cannot ? "-" : figure(found.value));
  return table(
    ["work", ...names],
    list.map((row) => [`${row.name}, ${row.unit}`, ...names.map((name) => value(row.contenders[name]))]),
  );
}

function table(head, lines) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...lines.map(line)].join("\n");
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
