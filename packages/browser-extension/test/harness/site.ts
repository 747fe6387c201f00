import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A web site on this machine. */
export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves `path → html`; every other path is an empty page. */
export async function openSite(pages: Record<string, string> = {}): Promise<Site> {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>site</title>${pages[request.url ?? "/"] ?? "<p>a page"}`);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
