import { type Client, safe } from "@portolan/client";
import type { BoardApi } from "../server/api.ts";

const pieceBytes = 64 * 1024;

/** Sends a file piece by piece and shows how much has arrived over there. */
export async function sendFile(
  client: Client<BoardApi>,
  file: File,
  at: { readonly x: number; readonly y: number },
  transfers: HTMLElement,
): Promise<void> {
  const line = document.createElement("p");
  const bar = document.createElement("progress");
  bar.max = Math.max(1, file.size);
  line.append(file.name, bar);
  transfers.append(line);
  const progress = (received: number) => {
    bar.value = received;
  };
  const { error } = await safe(client.drop(file.name, at, piecesOf(file), progress));
  if (error) line.textContent = `${file.name}: ${error.message}`;
  else line.remove();
}

async function* piecesOf(file: File): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < file.size; start += pieceBytes) {
    yield new Uint8Array(await file.slice(start, start + pieceBytes).arrayBuffer());
  }
}
