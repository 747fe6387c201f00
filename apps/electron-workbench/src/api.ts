// What main offers its windows. The pages import its type.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Call } from "@portolan/server";
import { type BrowserWindow, dialog } from "electron";

/** What the API needs of the app around it. */
export interface Workbench {
  openWindow(): unknown;
  /** The folder that the indexer reads. */
  readonly folder: string;
}

/** Makes the API. Who calls is `this.peer`. */
export function makeApi(workbench: Workbench) {
  return {
    /** Pattern 1: one way. */
    setTitle(this: Call, title: string) {
      windowOf(this).setTitle(title === "" ? "Portolan workbench" : `${title} · Portolan workbench`);
    },
    /** Pattern 2: a question, and its answer. */
    async openFile(this: Call) {
      const { filePaths } = await dialog.showOpenDialog(windowOf(this), { properties: ["openFile"] });
      const [path] = filePaths;
      return path === undefined ? undefined : { name: basename(path), text: await readFile(path, "utf8") };
    },
    openWindow: () => void workbench.openWindow(),
    folder: () => workbench.folder,
  };
}

export type Api = ReturnType<typeof makeApi>;

function windowOf({ peer }: Call): BrowserWindow {
  // The listener lets windows in, and nobody else.
  return peer["window"] as BrowserWindow;
}
