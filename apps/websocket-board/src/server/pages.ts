import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import type { FileShelf } from "./file-shelf.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
};

/** Answers plain requests: the bundled page, and files from the shelf. */
export function servePages(folder: string, shelf: FileShelf) {
  return async ({ url = "/" }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(url, "http://board");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'");
    const file = pathname.startsWith("/files/") ? shelf.get(pathname.slice("/files/".length)) : undefined;
    if (file) {
      // Never shown, always saved: what strangers dropped must not run as a page of ours.
      response.setHeader("Content-Disposition", `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`);
      response.end(file.bytes);
      return;
    }
    const path = pathname === "/" ? "index.html" : normalize(pathname).replace(/^[/\\]+/, "");
    const type = types[extname(path)];
    const content =
      type && !path.startsWith("..") ? await readFile(join(folder, path)).catch(() => undefined) : undefined;
    if (content && type) response.setHeader("Content-Type", type).end(content);
    else response.writeHead(404).end();
  };
}
