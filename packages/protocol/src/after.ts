/** Timers of more milliseconds fire at once: a signed 32-bit limit of every platform. */
const longestTimer = 2 ** 31 - 1;

/**
 * Runs something in so many milliseconds, never sooner; Infinity, and whatever else is
 * beyond what timers can wait, stands for the longest that they can, 24 days. Returns
 * what `clearTimeout` takes.
 */
export function after(ms: number, run: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(run, Math.min(Math.ceil(ms), longestTimer));
}
