import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RpcError } from "@portolan/protocol";
import { session as sessions } from "electron";

/** An Electron session, as far as it is used here. */
export interface PreloadSession {
  registerPreloadScript?(script: { type: "frame" | "service-worker"; id: string; filePath: string }): string;
  getPreloadScripts?(): readonly { readonly id: string }[];
  getPreloads?(): string[];
  setPreloads?(preloads: string[]): void;
}

/** Whom to give the preload besides pages. */
export interface PreloadOptions {
  /** The session's service workers too, for `serviceWorkerListener`. Default false. Needs Electron 35. */
  readonly serviceWorkers?: boolean;
}

/**
 * Gives every page of a session Portolan's preload, beside the page's own. Call it before the first window opens, and
 * after `app` is ready. Calling it twice is quiet.
 *
 * @param session Default: `session.defaultSession`.
 * @throws RpcError FAILED_PRECONDITION when the file is not on disk, as in a bundled app; UNIMPLEMENTED for service
 *   workers in an Electron that gives them no preload.
 */
export function registerPreload(
  session: PreloadSession = sessions.defaultSession,
  { serviceWorkers = false }: PreloadOptions = {},
): void {
  const filePath = preloadFile("preload");
  if (session.registerPreloadScript) {
    register(session, { type: "frame", id: "portolan", filePath });
    if (!serviceWorkers) return;
    const workers = preloadFile("service-worker-preload");
    register(session, { type: "service-worker", id: "portolan-service-worker", filePath: workers });
    return;
  }
  // Electron before 35.
  const present = session.getPreloads?.() ?? [];
  if (!present.includes(filePath)) session.setPreloads?.([...present, filePath]);
  if (serviceWorkers) {
    throw new RpcError("UNIMPLEMENTED", "service workers have a preload from Electron 35 on", { delivered: "no" });
  }
}

type Script = Parameters<NonNullable<PreloadSession["registerPreloadScript"]>>[0];

function register(session: PreloadSession, script: Script): void {
  if (session.getPreloadScripts?.().some(({ id }) => id === script.id)) return;
  session.registerPreloadScript?.(script);
}

function preloadFile(name: "preload" | "service-worker-preload"): string {
  const file = besides(name);
  if (file !== undefined && existsSync(file)) return file;
  const remedy = `write a preload of one line, import "@portolan/electron/${name}", and bundle it with the app`;
  throw new RpcError("FAILED_PRECONDITION", `Portolan's preload is not on disk here: ${remedy}`, { delivered: "no" });
}

/** Where the file is in the installed package. Bundlers may leave `import.meta.url` empty, or point it elsewhere. */
function besides(name: string): string | undefined {
  try {
    return fileURLToPath(new URL(`../${name}.cjs`, import.meta.url));
  } catch {
    return undefined;
  }
}
