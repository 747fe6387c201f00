import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** Answers a request to upgrade with an HTTP error, and ends its connection. */
export function refuseUpgrade(socket: Duplex, status: number, why: string): void {
  // Whoever is refused may be gone already.
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(why)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${why}`);
}
