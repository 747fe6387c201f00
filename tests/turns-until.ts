/**
 * Waits until a condition holds, a turn of the event loop at a time, at most 20 seconds. It holds no timer meanwhile, as
 * `vi.waitFor` and `expect.poll` do, so a condition may count the timers that are left.
 */
export async function turnsUntil(holds: () => boolean): Promise<void> {
  const patience = performance.now() + 20_000;
  while (!holds() && performance.now() < patience) await new Promise(setImmediate);
}
