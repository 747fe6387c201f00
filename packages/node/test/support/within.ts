/**
 * A bound, in milliseconds or mebibytes. A machine that runs several test files at once wakes processes and collects garbage
 * late, which says nothing of us: there the bound is wider by `slack`, and PORTOLAN_STRICT_BOUNDS=1 holds the promised one.
 */
export function within(bound: number, slack = 15): number {
  return process.env["PORTOLAN_STRICT_BOUNDS"] === "1" ? bound : bound * slack;
}
