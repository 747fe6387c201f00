/** Waits for some turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setTimeout(resolve, 0));
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
