import type { SessionOptions } from "../session-options.ts";
import type { Calls } from "./calls.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Exports } from "./exports.ts";
import { exceeded, type Limits } from "./limits.ts";
import type { Promises } from "./promises.ts";
import type { Signals } from "./signals.ts";
import type { Streams } from "./streams.ts";
import type { Stubs } from "./stubs.ts";

/** The rooms that references live in, and what they need of their session. */
export interface ReferenceRooms {
  readonly calls: Calls;
  readonly exports: Exports;
  readonly stubs: Stubs;
  readonly streams: Streams;
  readonly promises: Promises;
  readonly signals: Signals;
  /** Identifies the stubs that stand on this session's root. */
  readonly root: object;
  readonly limits: Limits;
  readonly options: SessionOptions;
  readonly values: {
    packReason(reason: unknown): { readonly data: unknown; readonly table: unknown };
    unpackReason(data: unknown, table: unknown): unknown;
  };
  readonly dispatch: Dispatch;
  /** What one of our own exports, or our API, is: it came home. */
  findTarget(target: number): unknown;
}

/** Throws RESOURCE_EXHAUSTED when as many references are held as may be. */
export function demandRoom({ limits }: ReferenceRooms, held: number): void {
  if (held >= limits.references) throw exceeded("references", limits.references);
}
