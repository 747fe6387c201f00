/** What a test run says at its end, before its counts: what was slow, what passed only when asked twice, what failed and of what. */
import { stripVTControlCharacters } from "node:util";

/** At most this many lines of an error are shown; fewer when there are many failures, so that the end of a log holds them all. */
const longestError = 12;
const mostErrorLines = 72;

/**
 * @param {object} tally what tally-reporter.mjs wrote
 * @param {{ title: string, reason: string }[]} refused the skips that count as failures
 * @returns {string[]} lines
 */
export function closingNotes({ failures, secondTries, files }, refused) {
  const lines = Math.max(
    2,
    Math.min(longestError, Math.floor(mostErrorLines / (failures.length + secondTries.length))),
  );
  const told = (headline, { title, errors }) => [
    `${headline}: ${title}`,
    ...errors.slice(0, 1).flatMap((error) => shown(error, lines)),
  ];
  return [
    ...slowest(files),
    ...secondTries.flatMap((test) => told("passed on its second try", test)),
    ...refused.map(({ title, reason }) => `skipped, which counts as failed: ${title}: ${reason || "no reason given"}`),
    ...failures.flatMap((test) => told("failed", test)),
  ];
}

function slowest(files) {
  if (files.length < 2) return [];
  const ten = [...files].sort((a, b) => b.seconds - a.seconds).slice(0, 10);
  return [`slowest files: ${ten.map(({ file, seconds }) => `${file} ${seconds} s`).join(", ")}`];
}

// What it says, the lines that differ, and where in our own files it happened.
function shown({ name, message, diff = "", stack }, most) {
  const frames = stack.split("\n").filter((line) => /^\s*at .*:\d+/.test(line) && !line.includes("node_modules"));
  const where = frames.slice(0, Math.min(3, Math.floor(most / 2)));
  const differing = stripVTControlCharacters(diff).split("\n");
  const said = [
    ...stripVTControlCharacters(`${name}: ${message}`).split("\n"),
    ...differing.filter((line) => /^[-+]/.test(line)),
  ];
  return [...said.filter((line) => line.trim() !== "").slice(0, most - where.length), ...where].map(
    (line) => `    ${line.trim().slice(0, 300)}`,
  );
}
