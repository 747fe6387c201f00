import type { Key } from "../message.ts";
import { sharedState } from "../shared-state.ts";
import type { Packing } from "./packing.ts";
import type { Reviver } from "./reviving.ts";

/** A registered class. How it crosses comes with it, so that programs without any carry none of that. */
export interface RegisteredClass {
  readonly name: string;
  readonly prototype: object;
  readonly pack: (source: object, key: Key, packing: Packing) => unknown;
  readonly reviver: Reviver;
}

/** Every registered class, once by its name and once by its prototype. */
export const classes: Map<string | object, RegisteredClass> = /* @__PURE__ */ sharedState(
  "portolan.classes",
  () => new Map(),
);
