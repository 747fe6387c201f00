import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RpcError } from "@portolan/protocol";
import { session as sessions } from "electron";

/** An Electron session, as far as it is used here. */
export interface PreloadSession {
  registerPreloadScript?(script: { type: "frame"; id: string; filePath: string }): string;
  getPreloadScripts?(): readonly { readonly id: string }[];
  getPreloads?(): string[];
  setPreloads?(preloads: string[]): void;
}

const id = "portolan";

/**
 * Gives every page of a session Portolan's preload, beside the page's own. Call it before the first window opens, and
 * after `app` is ready. Calling it twice is quiet.
 *
 * @param session Default: `session.defaultSession`.
 * @throws RpcError FAILED_PRECONDITION when the file is not on disk, as in a bundled app.
 */
export function registerPreload(session: PreloadSession = sessions.defaultSession): void {
  const filePath = preloadFile();
  if (session.registerPreloadScript) {
    if (session.getPreloadScripts?.().some((script) => script.id === id)) return;
    session.registerPreloadScript({ type: "frame", id, filePath });
    return;
  }
  // Electron before 35.
  const present = session.getPreloads?.() ?? [];
  if (!present.includes(filePath)) session.setPreloads?.([...present, filePath]);
}

function preloadFile(): string {
  const file = besides();
  if (file !== undefined && existsSync(file)) return file;
  const remedy = 'write a preload of one line, import "@portolan/electron/preload", and bundle it with the app';
  throw new RpcError("FAILED_PRECONDITION", `Portolan's preload is not on disk here: ${remedy}`, { delivered: "no" });
}

/** Where the file is in the installed package. Bundlers may leave `import.meta.url` empty, or point it elsewhere. */
function besides(): string | undefined {
  try {
    return fileURLToPath(new URL("../preload.cjs", import.meta.url));
  } catch {
    return undefined;
  }
}
