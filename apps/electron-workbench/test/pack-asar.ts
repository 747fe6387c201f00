import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Packs the files of one folder, and `extra` ones, into an archive that Electron starts: a header of four 32-bit
 * numbers and JSON, then the files one after another (https://github.com/electron/asar#format).
 */
export function packAsar(folder: string, extra: Readonly<Record<string, string>>, target: string): void {
  const contents = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) contents.set(entry.name, readFileSync(join(folder, entry.name)));
  }
  for (const [name, text] of Object.entries(extra)) contents.set(name, Buffer.from(text));

  const files: Record<string, { size: number; offset: string }> = {};
  let offset = 0;
  for (const [name, content] of contents) {
    files[name] = { size: content.length, offset: String(offset) };
    offset += content.length;
  }
  const json = Buffer.from(JSON.stringify({ files }));
  const padded = Math.ceil(json.length / 4) * 4;
  const header = Buffer.alloc(16 + padded);
  for (const [index, number] of [4, padded + 8, padded + 4, json.length].entries())
    header.writeUInt32LE(number, index * 4);
  json.copy(header, 16);
  writeFileSync(target, Buffer.concat([header, ...contents.values()]));
}
