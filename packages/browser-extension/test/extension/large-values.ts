/** Values that fill more than one message: each kind has troubles of its own. */
export type LargeKind = "bytes" | "several" | "records" | "text" | "controls";

/** Makes a value of about so many bytes (texts: UTF-16 units). */
export function largeValue(kind: LargeKind, size: number): unknown {
  switch (kind) {
    case "bytes":
      return numbered(size);
    case "several": {
      const third = Math.floor(size / 24) * 8;
      return { a: largeValue("bytes", third), b: [new Float64Array(third / 8).fill(0.5)], c: new ArrayBuffer(third) };
    }
    case "records":
      return Array.from({ length: size >> 10 }, (_, id) => ({ id, text: `${id}`.padEnd(1000, "-"), at: new Date(id) }));
    case "text":
      return '⛵"\\漢\u0001\ud83d '.repeat(size >> 3);
    case "controls":
      return "\u0001".repeat(size);
  }
}

/** Each 4 KiB block begins with its number, and has some more of its own. */
function numbered(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4096 <= size; at += 4096) {
    view.setUint32(at, at);
    bytes.fill((at >> 12) % 251, at + 4, at + 4096);
  }
  return bytes;
}

/** Whether a value is what {@link largeValue} makes, however large it is. */
export function isLargeValue(value: unknown, kind: LargeKind, size: number): boolean {
  return isSame(value, largeValue(kind, size));
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return one === other;
  if (one.constructor !== other.constructor) return false;
  if (one instanceof Date) return one.getTime() === (other as Date).getTime();
  const [left, right] = [bytesOf(one), bytesOf(other)];
  if (left && right) return areSameBytes(left, right);
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]));
}

function areSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return one.length === other.length;
}

function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer) : undefined;
}
