/** Waits for some turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setTimeout(resolve, 0));
}

/**
 * Waits, turn by turn, until something holds. False when it has not after six seconds and two hundred turns: other
 * processes are sometimes kept waiting, and so are we, whose turns then take long.
 */
export async function soon(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const began = performance.now();
  for (let turn = 0; !(await holds()); turn++) {
    if (turn >= 200 && performance.now() - began > 6_000) return false;
    await turns(1);
  }
  return true;
}

/** Settles with `value` some turns of the event loop later. */
export async function after<T>(count: number, value: T): Promise<T> {
  await turns(count);
  return value;
}

/** Collects garbage where the runtime lets programs do so (`--expose-gc`). */
export function collect(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
