import { randomUUID } from "node:crypto";
import { RpcError } from "@portolan/server";

/** A file that somebody dropped. */
export interface ShelvedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const maxBytes = 64 * 1024 * 1024;

/** How many bytes may pass between two reports of progress. */
const step = 128 * 1024;

/** The files on the board, in memory; the oldest make room for new ones. */
export class FileShelf {
  readonly #files = new Map<string, ShelvedFile>();
  #held = 0;

  get(id: string): ShelvedFile | undefined {
    return this.#files.get(id);
  }

  /** Takes a file as it comes in, and says now and then how much has come. */
  async take(
    name: string,
    content: AsyncIterable<Uint8Array>,
    progress: (received: number) => unknown,
  ): Promise<{ readonly url: string; readonly size: number }> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    let told = 0;
    for await (const piece of content) {
      size += piece.byteLength;
      if (size > maxBytes) throw new RpcError("RESOURCE_EXHAUSTED", `files may have ${maxBytes} bytes`);
      pieces.push(piece);
      if (size - told < step) continue;
      told = size;
      progress(size);
    }
    progress(size);
    return { url: this.#shelve({ name, bytes: Buffer.concat(pieces) }), size };
  }

  #shelve(file: ShelvedFile): string {
    this.#held += file.bytes.length;
    for (const [id, { bytes }] of this.#files) {
      if (this.#held <= maxBytes) break;
      this.#files.delete(id);
      this.#held -= bytes.length;
    }
    const id = randomUUID();
    this.#files.set(id, file);
    return `/files/${id}`;
  }
}
