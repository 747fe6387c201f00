/** Lets the process end before a timer: the transport decides what keeps it alive, not our clocks. */
export function unref(timer: unknown): void {
  (timer as { unref?(): void } | null)?.unref?.();
}
