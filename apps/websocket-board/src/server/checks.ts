import { RpcError } from "@portolan/server";

/** A string of at most so many characters. What pages send is foreign data. */
export function text(value: unknown, most: number): string {
  if (typeof value === "string" && value.length <= most) return value;
  throw new RpcError("INVALID_ARGUMENT", `expected a text of at most ${most} characters`);
}

/** A place on the board, 0 to 1. */
export function place(value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new RpcError("INVALID_ARGUMENT", "expected a number between 0 and 1");
}

/** A colour as `#rrggbb`. */
export function colour(value: unknown): string {
  if (typeof value === "string" && /^#[\da-f]{6}$/i.test(value)) return value;
  throw new RpcError("INVALID_ARGUMENT", "expected a colour such as #3366cc");
}
