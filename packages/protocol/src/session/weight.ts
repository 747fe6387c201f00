/**
 * About how many bytes data holds: its texts, keys and buffers, whatever its
 * sender says. Never more than honest senders count, but for a small factor.
 */
export function weightOf(data: unknown): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [data];
  let weight = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === "string") weight += next.length;
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    const { byteLength } = next as { byteLength?: unknown };
    if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) weight += Number(byteLength);
    else for (const part of partsOf(next)) waiting.push(part);
  }
  return weight;
}

function partsOf(container: object): Iterable<unknown> {
  if (container instanceof Map) return [...container.keys(), ...container.values()];
  if (container instanceof Set || Array.isArray(container)) return container;
  return Object.entries(container).flat(1);
}
