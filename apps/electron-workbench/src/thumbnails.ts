// A worker thread that draws: text becomes a small picture of itself. Each message is the port of one page.
import { type MessagePort, parentPort } from "node:worker_threads";
import { serve } from "@portolan/server";
import { portTransport } from "@portolan/worker-threads";

/** Red, green, blue and alpha of each pixel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

const width = 96;
const height = 64;

const api = {
  draw: (text: string, ink: readonly [number, number, number]): Picture => {
    const pixels = new Uint8Array(width * height * 4);
    for (const [row, line] of text
      .split("\n")
      .slice(0, height / 2)
      .entries()) {
      for (let column = 0; column < Math.min(line.length, width); column++) {
        if (line[column] === " " || line[column] === "\t") continue;
        const strong = /[A-Za-z0-9]/.test(line[column] ?? "") ? 200 : 110;
        pixels.set([...ink, strong], (row * 2 * width + column) * 4);
      }
    }
    return { width, height, pixels };
  },
};

export type ThumbnailsApi = typeof api;

parentPort?.on("message", (port: MessagePort) =>
  serve(
    portTransport(() => port),
    api,
  ),
);
