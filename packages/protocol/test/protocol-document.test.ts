import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { defaultLimits, Kind, PROTOCOL_VERSION, parseMessage } from "../src/index.ts";
import { eachMessage, RunKind } from "../src/runs.ts";
import { ValueKind } from "../src/values/kinds.ts";
import { converse, type Line, replay, scenarios } from "./protocol-scenarios.ts";

const file = fileURLToPath(new URL("../PROTOCOL.md", import.meta.url));
const block = /^```portolan (\w+)\n([\s\S]*?)^```$/gm;
const updating = process.env["UPDATE_PROTOCOL"] === "1";

/** The conversations of the document, by name. */
function documented(): Map<string, string> {
  return new Map(
    [...readFileSync(file, "utf8").matchAll(block)].map(([, name, text]) => [name as string, text as string]),
  );
}

function write(lines: readonly Line[]): string {
  return lines.map(({ direction, text }) => `${direction} ${text.replaceAll("\n", "\n  ")}\n`).join("");
}

function read(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split(/\n(?=[→←])/)) {
    const trimmed = line.replace(/\n$/, "");
    if (trimmed === "") continue;
    lines.push({ direction: trimmed[0] as Line["direction"], text: trimmed.slice(2).replaceAll("\n  ", "\n") });
  }
  return lines;
}

describe("PROTOCOL.md", () => {
  // After a change that is meant: UPDATE_PROTOCOL=1 pnpm exec vitest run packages/protocol/test/protocol-document.test.ts
  beforeAll(async () => {
    if (!updating) return;
    let text = readFileSync(file, "utf8");
    for (const [name, scenario] of Object.entries(scenarios)) {
      const lines = write(await converse(scenario));
      text = text.replace(
        new RegExp(`(^\`\`\`portolan ${name}\\n)[\\s\\S]*?(^\`\`\`$)`, "m"),
        (_, start, end) => start + lines + end,
      );
    }
    writeFileSync(file, text);
  });

  it.each(Object.keys(scenarios))("shows what really goes over the wire: %s", async (name) => {
    const scenario = scenarios[name] as (typeof scenarios)[string];
    expect(documented().get(name)).toBe(write(await converse(scenario)));
  });

  it.each(Object.keys(scenarios).filter((name) => !["hello", "channel", "drain"].includes(name)))(
    "is answered as it says by a session that hears it: %s",
    async (name) => {
      const scenario = scenarios[name] as (typeof scenarios)[string];
      const lines = read(documented().get(name) ?? "");
      const answers = await replay(scenario, lines);
      expect(answers).toEqual(lines.filter(({ direction }) => direction === "←").map(({ text }) => text));
    },
  );

  it("has a sample of every message, and each of them is one", () => {
    const kinds = new Set<unknown>();
    for (const text of documented().values()) {
      for (const line of read(text)) {
        const frame: unknown = JSON.parse(line.text.slice(line.text.indexOf("\n") + 1));
        const frames = Array.isArray(frame) && Array.isArray(frame[0]) ? (frame as unknown[]) : [frame];
        eachMessage(frames, (raw) => {
          expect(parseMessage(raw), JSON.stringify(raw)).toMatchObject({ ok: true });
          kinds.add((raw as unknown[])[0]);
        });
        for (const entry of frames) kinds.add((entry as unknown[])[0]);
      }
    }
    const all = [...Object.values(Kind), ...Object.values(RunKind)];
    expect(all.filter((kind) => !kinds.has(kind) && kind !== Kind.fail)).toEqual([]);
  });

  it("names every message, every kind of value and every limit, with its number", () => {
    const text = readFileSync(file, "utf8");
    for (const [name, kind] of Object.entries(Kind)) expect(text).toContain(`| ${kind} | \`${name}\` |`);
    for (const [name, kind] of Object.entries(ValueKind)) expect(text).toContain(`| ${kind} | \`${name}\` |`);
    for (const [name, limit] of Object.entries(defaultLimits)) expect(text).toContain(`| \`${name}\` | ${limit} |`);
    expect(text).toContain(`Version ${PROTOCOL_VERSION}`);
  });
});
