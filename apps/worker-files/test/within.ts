/**
 * A bound in milliseconds. A machine that runs several test files at once wakes processes late, which says nothing of us:
 * there the bound is wide, and PORTOLAN_STRICT_BOUNDS=1 holds the promised one on a quiet machine.
 */
export function within(ms: number): number {
  return process.env["PORTOLAN_STRICT_BOUNDS"] === "1" ? ms : ms * 15;
}
