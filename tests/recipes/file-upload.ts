/** A file in pieces, each read when the other end has room for it. */
export async function* piecesOf(file: Blob, size = 16_384): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < file.size; at += size) {
    yield new Uint8Array(await file.slice(at, at + size).arrayBuffer());
  }
}

/** Takes a file in pieces, says how far it is, and at the end what arrived. */
export async function upload(
  name: string,
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
  onProgress: (done: number) => void,
): Promise<{ name: string; size: number; hash: Uint8Array }> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    size += piece.length;
    onProgress(size);
  }
  const whole = await new Blob(parts).arrayBuffer();
  return { name, size, hash: new Uint8Array(await crypto.subtle.digest("SHA-256", whole)) };
}
