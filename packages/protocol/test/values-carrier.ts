import { type Packed, type PackOptions, pack } from "../src/values/pack.ts";
import type { ReferenceReader, ReferenceWriter } from "../src/values/reference.ts";
import { type UnpackOptions, unpack } from "../src/values/unpack.ts";

export type Level = PackOptions["level"];
export const levels: readonly Level[] = ["clone", "json"];

/** What both ends of a test know of references: a number for each thing. */
export class TestReferences implements ReferenceWriter, ReferenceReader {
  readonly written: [kind: string, value: object][] = [];
  readonly puts: ((value: unknown) => void)[] = [];
  readonly results = new WeakSet<object>();
  readonly homes = new WeakSet<object>();

  recognise(value: object): "home" | "result" | undefined {
    if (this.results.has(value)) return "result";
    return this.homes.has(value) ? "home" : undefined;
  }

  write(kind: string, value: object): readonly unknown[] {
    return [this.written.push([kind, value])];
  }

  read(kind: string, rest: readonly unknown[], put: (value: unknown) => void): unknown {
    this.puts.push(put);
    const entry = this.written[(rest[0] as number) - 1];
    return entry && entry[0] === kind ? entry[1] : { kind, rest };
  }
}

export function packing(level: Level, options: Partial<PackOptions> = {}): PackOptions {
  return { level, trusted: true, moves: "none", root: "value", references: new TestReferences(), ...options };
}

export function reading(options: Partial<UnpackOptions> = {}): UnpackOptions {
  return { trusted: true, limits: undefined, references: new TestReferences(), root: "value", ...options };
}

/** What a real carrier makes of a packed value. */
export function carry(level: Level, { data, table, transfer }: Packed): [data: unknown, table: unknown] {
  if (level === "json") return JSON.parse(JSON.stringify([data, table])) as [unknown, unknown];
  return structuredClone([data, table], { transfer: transfer as ArrayBuffer[] });
}

/** There by one carrier. */
export function cross(level: Level, value: unknown, options: Partial<PackOptions> = {}): unknown {
  const references = (options.references ?? new TestReferences()) as TestReferences;
  const [data, table] = carry(level, pack(value, packing(level, { ...options, references })));
  return unpack(data, table, reading({ trusted: options.trusted ?? true, references }));
}
