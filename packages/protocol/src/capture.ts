import { nodeOf } from "./session/stub-base.ts";
import { packArguments } from "./values/pack.ts";
import type { ReferenceKind, ReferenceReader, ReferenceWriter } from "./values/reference.ts";
import { unpack } from "./values/unpack.ts";

/**
 * Copies arguments as they are now, for a call that cannot be sent yet. What
 * crosses by reference stays itself. Throws what packing throws.
 */
export function captureArguments(args: readonly unknown[]): readonly unknown[] {
  const references = new Originals();
  const { data, table } = packArguments(args, {
    level: "clone",
    trusted: true,
    moves: "none",
    root: "args",
    references,
  });
  return unpack(data, table, { trusted: true, limits: undefined, references, root: "args" }) as readonly unknown[];
}

class Originals implements ReferenceWriter, ReferenceReader {
  readonly #values: object[] = [];

  recognise(value: object): ReferenceKind | undefined {
    return nodeOf(value)?.base.result ? "promise" : undefined;
  }

  write(_kind: ReferenceKind, value: object): readonly unknown[] {
    return [this.#values.push(value) - 1];
  }

  read(_kind: ReferenceKind, rest: readonly unknown[]): unknown {
    return this.#values[rest[0] as number];
  }
}
