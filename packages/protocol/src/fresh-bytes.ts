/** From this many bytes on, not clearing them first is worth a call. */
const worthwhile = 4096;

/**
 * Bytes that their maker writes over before anybody else sees them: what stands in them
 * is left over from others. Node need not clear them; elsewhere they are zero.
 */
export function freshBytes(length: number): Uint8Array<ArrayBuffer> {
  const { Buffer } = globalThis as unknown as { readonly Buffer?: UnclearedBuffers };
  if (length < worthwhile || !Buffer?.allocUnsafeSlow) return new Uint8Array(length);
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

interface UnclearedBuffers {
  allocUnsafeSlow?(length: number): { readonly buffer: ArrayBuffer };
}
