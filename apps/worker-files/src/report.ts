import { relative } from "node:path";
import { type Catalog, type DuplicateGroup, wasted } from "./catalog.ts";
import { printable } from "./printable.ts";
import { type Reading, secondsOf } from "./reading.ts";
import { bytes, count, plural } from "./units.ts";

/** How many languages and groups of duplicates are listed. */
const longest = 10;

/** The summary, in lines. After a cancellation it says how much was done. */
export function report(reading: Reading): string {
  const { catalog } = reading;
  const parts = [totals(reading), languages(catalog), duplicates(reading), skipped(reading)];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function totals(reading: Reading): string[] {
  const { catalog, calls, cancelled, done, found, passedOver, threads, walked } = reading;
  const seconds = secondsOf(reading);
  // Files count when they are whole; bytes also of those that a cancellation interrupted.
  const size = cancelled ? done.bytes : catalog.bytes;
  const ofAll = `${count(catalog.files)} of ${walked ? "" : "at least "}${plural(found.files, "file")}`;
  const passed =
    passedOver > 0 ? [`${plural(passedOver, "link or special file", "links and special files")} not followed`] : [];
  return [
    cancelled ? `Cancelled: ${ofAll} had been read.` : `Done: ${plural(catalog.files, "file")}.`,
    `${bytes(size)}, ${plural(catalog.lines, "line")}, in ${seconds.toFixed(1)} s with ${plural(threads, "thread")}`,
    `${count(catalog.files / seconds)} files/s, ${(size / seconds / 1e6).toFixed(1)} MB/s, ` +
      `${plural(calls.made, "call")} to workers, ${count(calls.back)} back`,
    ...passed,
  ];
}

function languages(catalog: Catalog): string[] {
  const all = catalog.languages();
  if (all.length === 0) return [];
  const rows = all.slice(0, longest).map(({ language, files, lines, bytes: size }) => {
    return `  ${language.padEnd(14)}${count(lines).padStart(13)} lines${count(files).padStart(10)} files${bytes(size).padStart(11)}`;
  });
  return ["Lines by language:", ...rows, ...more(all.length, "language")];
}

function duplicates({ catalog, folder }: Reading): string[] {
  const all = catalog.duplicates();
  if (all.length === 0) return ["No duplicates."];
  const saved = all.reduce((sum, group) => sum + wasted(group), 0);
  const rows = all.slice(0, longest).flatMap((group) => groupRows(group, folder));
  return [
    `Duplicates: ${plural(all.length, "group")}, ${bytes(saved)} could be saved. The largest:`,
    ...rows,
    ...more(all.length, "group"),
  ];
}

function groupRows({ size, count: files, paths }: DuplicateGroup, folder: string): string[] {
  const rest = files - paths.length;
  return [
    `  ${count(files)} times ${bytes(size)}`,
    ...paths.map((path) => `    ${shown(path, folder)}`),
    ...(rest > 0 ? [`    and ${count(rest)} more`] : []),
  ];
}

function skipped({ catalog, folder }: Reading): string[] {
  if (catalog.skippedCount === 0) return [];
  const rows = catalog.skipped.map(({ path, code }) => `  ${shown(path, folder)}: ${reasons.get(code) ?? code}`);
  const rest = catalog.skippedCount - rows.length;
  return [
    `Skipped: ${plural(catalog.skippedCount, "file or folder", "files and folders")}`,
    ...rows,
    ...(rest > 0 ? [`  and ${count(rest)} more`] : []),
  ];
}

const reasons = new Map([
  ["ENOENT", "vanished"],
  ["ENOTDIR", "vanished"],
  ["ENAME", "has a name that is no UTF-8"],
  ["ENOTFILE", "is no file any more"],
  ["ELOOP", "is a link now"],
  ["EACCES", "may not be read"],
  ["EPERM", "may not be read"],
]);

function more(all: number, what: string): string[] {
  return all > longest ? [`  and ${plural(all - longest, `${what} more`, `${what}s more`)}`] : [];
}

function shown(path: string, folder: string): string {
  return printable(relative(folder, path));
}
