import { figure } from "../print.mjs";

const width = 760;
const rowHeight = 24;
const left = 170;
const right = 90;
const top = 56;

// Middle tones, legible on white and on black alike; brighter where the page is known to be dark.
const ink = "#6e7781";
const style = "<style>@media (prefers-color-scheme: dark) { svg { fill: #9198a1 } }</style>";
const ours = "#2f81f7";
const theirs = "#8c959f";
const band = "#bf8700";

/** One row of the results as an SVG of bars. Ratios grow from 1 (by hand) to either side, on a logarithmic scale. */
export function chart(row) {
  const bars = Object.entries(row.contenders)
    .filter(([name, found]) => !found.cannot && name !== "noise")
    .map(([name, { value }]) => ({ name, value }))
    .sort((a, b) => (better(row) === "more" ? b.value - a.value : a.value - b.value));
  const height = top + bars.length * rowHeight + 16;
  const parts = row.kind === "ratio" ? ratioBars(row, bars, height) : plainBars(bars);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(row.name)}" font-family="system-ui, sans-serif" font-size="13" fill="${ink}">`,
    `<title>${escaped(row.name)}</title>`,
    style,
    `<text x="0" y="18" font-size="16" font-weight="600">${escaped(row.name)}</text>`,
    `<text x="0" y="38">${escaped(caption(row))}</text>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function better({ kind, unit }) {
  return kind === "ratio" || unit === "per second" ? "more" : "less";
}

function caption(row) {
  if (row.kind === "ratio") return "speed as a ratio to what is written by hand; the band is the noise of that itself";
  return `${row.unit}; ${better(row)} is better`;
}

function ratioBars(row, bars, height) {
  const { noise } = row.contenders;
  const ends = [...bars.map(({ value }) => value), noise.low, noise.high, 0.5, 2];
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const at = (value) =>
    left + ((Math.log(value) - Math.log(from)) / (Math.log(to) - Math.log(from))) * (width - left - right);
  const shade = `<rect x="${round(at(noise.low))}" y="${top - 8}" width="${round(at(noise.high) - at(noise.low))}" height="${height - top}" fill="${band}" opacity="0.25"/>`;
  const one = `<line x1="${round(at(1))}" x2="${round(at(1))}" y1="${top - 8}" y2="${height - 8}" stroke="${ink}"/>`;
  const drawn = bars.map(({ name, value }, index) => {
    const [begin, end] = [Math.min(at(1), at(value)), Math.max(at(1), at(value))];
    return bar(name, begin, end, `${figure(value)}x`, index);
  });
  return [shade, ...drawn, one];
}

function plainBars(bars) {
  const most = Math.max(...bars.map(({ value }) => value));
  const length = (value) => (Math.max(0, value) / most) * (width - left - right);
  return bars.map(({ name, value }, index) => bar(name, left, left + length(value), figure(value), index));
}

function bar(name, begin, end, label, index) {
  const y = top + index * rowHeight;
  const isOurs = name.startsWith("portolan");
  const weight = isOurs ? ' font-weight="600"' : "";
  return [
    `<text x="${left - 10}" y="${y + 12}" text-anchor="end"${weight}>${escaped(name)}</text>`,
    `<rect x="${round(begin)}" y="${y}" width="${round(Math.max(1, end - begin))}" height="16" rx="2" fill="${isOurs ? ours : theirs}"/>`,
    `<text x="${round(end + 6)}" y="${y + 12}"${weight}>${label}</text>`,
  ].join("\n");
}

function round(number) {
  return Number(number.toFixed(1));
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
