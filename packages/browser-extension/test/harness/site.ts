import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A web site on this machine. */
export interface Site {
  readonly origin: string;
  /** What pages have posted to `/report`. */
  readonly reports: unknown[];
  close(): Promise<void>;
}

/** Serves `path → html`; every other path is an empty page, and `/reports` the number of reports. */
export async function openSite(pages: Record<string, string> = {}): Promise<Site> {
  const reports: unknown[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === "/report") reports.push(await bodyOf(request));
    if (request.url === "/reports") return void response.end(String(reports.length));
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>site</title>${pages[request.url ?? "/"] ?? "<p>a page"}`);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    reports,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString());
}
