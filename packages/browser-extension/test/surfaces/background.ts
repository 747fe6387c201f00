import { createClient } from "@portolan/client";
import type { Call } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { runtimeConnector, runtimeListener } from "../../src/index.ts";
import type { SurfacePage } from "./surface-page.ts";

/** How each page that said so was seen. */
const seen: Record<string, unknown>[] = [];

interface Offscreen {
  createDocument(options: { url: string; reasons: string[]; justification: string }): Promise<void>;
}
const { chrome } = globalThis as unknown as { chrome: { offscreen?: Offscreen } };

const surfaceApi = {
  /** A page is there; it is called back at once. */
  async arrived(this: Call, path: string, double: (value: number) => number | Promise<number>): Promise<void> {
    const { kind, trusted, url, tabId } = this.peer;
    const at = new URL(String(url)).pathname;
    seen.push({ path, kind, trusted, at, inTab: tabId !== undefined, doubled: await double(21) });
  },
  seen: () => seen,
  async *count(to: number): AsyncGenerator<number> {
    for (let number = 1; number <= to; number++) yield number;
  },
  /** Calls an open page by the name that it serves. */
  async ask(path: string): Promise<string> {
    const client = createClient<SurfacePage>(runtimeConnector({ to: path }));
    try {
      return await client.whereAreYou();
    } finally {
      await client.close();
    }
  },
  openOffscreen: (): Promise<void> | undefined =>
    chrome.offscreen?.createDocument({ url: "offscreen.html", reasons: ["BLOBS"], justification: "a test" }),
};
export type SurfaceApi = typeof surfaceApi;

serve(runtimeListener({ allow: { pages: true } }), surfaceApi);
