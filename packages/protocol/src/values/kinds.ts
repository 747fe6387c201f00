import type { ReferenceKind } from "./reference.ts";
import * as ValueKind from "./value-kind.ts";

export { ValueKind };

/** One of {@link ValueKind}. */
export type ValueKindNumber = (typeof ValueKind)[keyof typeof ValueKind];

/** The reference kinds, by their integer minus `ValueKind.function`. */
export const referenceKinds: readonly ReferenceKind[] = [
  "function",
  "target",
  "promise",
  "signal",
  "stream",
  "home",
  "result",
];
