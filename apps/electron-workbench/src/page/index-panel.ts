// The indexer is a utility process; this page has a port to it. Thumbnails come from a thread behind main.
import { createClient, withOptions } from "@portolan/client";
import { mainConnector, peerListener } from "@portolan/electron/renderer";
import { serve } from "@portolan/server";
import type { Indexed, IndexerApi } from "../indexer.ts";
import type { Picture, ThumbnailsApi } from "../thumbnails.ts";
import { byId, make } from "./elements.ts";

const indexer = serve(peerListener({ name: "indexer" }), {});
const thumbnails = createClient<ThumbnailsApi>(mainConnector({ name: "thumbnails" }));

/** Connects the panel's buttons. */
export function showIndexPanel(folder: () => PromiseLike<string>): void {
  let running: AbortController | undefined;
  byId("index").addEventListener("click", async () => {
    running = new AbortController();
    setRunning(true);
    await index(await folder(), running.signal).catch((error: unknown) => tell(String(error)));
    setRunning(false);
  });
  byId("cancel").addEventListener("click", () => running?.abort());
}

async function index(folder: string, signal: AbortSignal): Promise<void> {
  byId("files").replaceChildren();
  const client = createClient<IndexerApi>(await indexer.when(() => true));
  const bar = byId<HTMLProgressElement>("progress");
  let count = 0;
  let lines = 0;
  try {
    const found = withOptions(client, { signal }).index(folder, (done, total) => {
      bar.value = done / total;
    });
    for await (const each of found) {
      lines += each.lines;
      tell(`${++count} files, ${lines.toLocaleString("en")} lines`);
      void list(each);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    tell(`Cancelled after ${count} files.`);
  }
}

async function list({ path, lines, head }: Indexed): Promise<void> {
  const line = make("li");
  const canvas = make("canvas");
  const name = make("span", path.split("/").at(-1) ?? path);
  name.append(make("small", `${lines} lines`));
  line.title = path;
  line.append(canvas, name);
  byId("files").append(line);
  draw(canvas, await thumbnails.draw(head, ink()));
}

function draw(canvas: HTMLCanvasElement, { width, height, pixels }: Picture): void {
  canvas.width = width;
  canvas.height = height;
  const data = new ImageData(new Uint8ClampedArray(pixels), width, height);
  canvas.getContext("2d")?.putImageData(data, 0, 0);
}

function ink(): [number, number, number] {
  const [red = 0, green = 0, blue = 0] = getComputedStyle(document.body).color.match(/\d+/g)?.map(Number) ?? [];
  return [red, green, blue];
}

function tell(sentence: string): void {
  byId("count").textContent = sentence;
}

function setRunning(running: boolean): void {
  byId<HTMLButtonElement>("index").disabled = running;
  byId<HTMLButtonElement>("cancel").disabled = !running;
}
