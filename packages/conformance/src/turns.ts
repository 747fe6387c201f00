/** Waits for some turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setTimeout(resolve, 0));
}

/** Milliseconds that something gets to come about that needs no clock of its own: other processes are sometimes kept waiting. */
const patience = 6_000;

/** Waits, turn by turn, until something holds; false when it has not after six seconds. */
export async function soon(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > patience) return false;
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
