import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { buildExtension } from "./build-extension.ts";

export const firefoxId = "main@portolan.test";

const source = (name: string): string => fileURLToPath(new URL(`../${name}.ts`, import.meta.url));

/** How the extension under test is built. */
export interface MainExtensionOptions {
  /** The origin whose pages may speak. */
  readonly site: string;
  /** The folder with the sources. Default `"extension"`. */
  readonly sources?: string;
  /** Chromium: messages as structured clones. */
  readonly clone?: boolean;
  /** The id of the extension that may speak. */
  readonly friend?: string;
}

/** Builds the extension under test: background, content script in every frame, page script, popup. */
export function buildMainExtension({
  site,
  clone = false,
  friend = "nobody",
  sources = "extension",
}: MainExtensionOptions): Promise<string> {
  const everywhere = ["http://127.0.0.1/*", "http://localhost/*"];
  return buildExtension({
    scripts: {
      background: source(`${sources}/background`),
      content: source(`${sources}/content`),
      page: source(`${sources}/page`),
      own: source(`${sources}/own-page`),
    },
    pages: { popup: "own", options: "own" },
    define: { SITE: site, FRIEND: friend },
    manifest: {
      name: "Portolan test",
      version: "1.0",
      manifest_version: 3,
      ...(clone ? { message_serialization: "structured_clone" } : {}),
      permissions: ["tabs", "storage"],
      host_permissions: everywhere,
      background: { service_worker: "background.js", scripts: ["background.js"] },
      action: { default_popup: "popup.html" },
      content_scripts: [
        { matches: everywhere, js: ["content.js"], all_frames: true, run_at: "document_start" },
        { matches: everywhere, js: ["page.js"], all_frames: true, run_at: "document_start", world: "MAIN" },
      ],
      externally_connectable: { ids: ["*"], matches: everywhere },
      browser_specific_settings: { gecko: { id: firefoxId } },
    },
  });
}

/** The id that Chromium gives to an unpacked folder. */
export function idOfFolder(folder: string): string {
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return [...hash].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join("");
}
