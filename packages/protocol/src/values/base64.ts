const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const padding = 61;
const toCode: Uint8Array = new Uint8Array(64);
const fromCode: Int8Array = new Int8Array(256).fill(-1);
for (let index = 0; index < 64; index++) {
  toCode[index] = alphabet.charCodeAt(index);
  fromCode[alphabet.charCodeAt(index)] = index;
}
const decoder: TextDecoder = new TextDecoder();

interface NativeBase64 {
  readonly fromBase64?: (text: string, options: { lastChunkHandling: "strict" }) => Uint8Array<ArrayBuffer>;
  readonly prototype: { readonly toBase64?: () => string };
}
const native: NativeBase64 = Uint8Array as unknown as NativeBase64;

/** Bytes as base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  if (native.prototype.toBase64) return native.prototype.toBase64.call(bytes);
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let index = 0; index < bytes.length; index += 3) {
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    text[at++] = toCode[group >> 18] ?? 0;
    text[at++] = toCode[(group >> 12) & 63] ?? 0;
    text[at++] = toCode[(group >> 6) & 63] ?? 0;
    text[at++] = toCode[group & 63] ?? 0;
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  for (let count = 1; count <= missing; count++) text[at - count] = padding;
  return decoder.decode(text);
}

/** The bytes of a base64 text; `undefined` for anything that {@link toBase64} would not write. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined;
  if (native.fromBase64) return nativeFromBase64(text, native.fromBase64);
  const missing = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - missing);
  const digits = text.length - missing;
  let at = 0;
  for (let index = 0; index < text.length; index += 4) {
    const a = digit(text, index, digits);
    const b = digit(text, index + 1, digits);
    const c = digit(text, index + 2, digits);
    const d = digit(text, index + 3, digits);
    // A digit that is none is -1, which makes the whole negative.
    if ((a | b | c | d) < 0) return undefined;
    const group = (a << 18) | (b << 12) | (c << 6) | d;
    bytes[at] = group >> 16;
    bytes[at + 1] = group >> 8;
    bytes[at + 2] = group;
    at += 3;
    // Bits that the padding cuts off are zero in what toBase64 writes.
    if (at > bytes.length && (group & (missing === 2 ? 0xffff : 0xff)) !== 0) return undefined;
  }
  return bytes;
}

function digit(text: string, index: number, digits: number): number {
  if (index >= digits) return 0;
  return fromCode[text.charCodeAt(index)] ?? -1;
}

function nativeFromBase64(
  text: string,
  decode: NonNullable<NativeBase64["fromBase64"]>,
): Uint8Array<ArrayBuffer> | undefined {
  // The native decoder skips white space, which toBase64 never writes.
  if (/[\t\n\f\r ]/.test(text)) return undefined;
  try {
    return decode.call(Uint8Array, text, { lastChunkHandling: "strict" });
  } catch {
    return undefined;
  }
}
