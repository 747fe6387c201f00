// Pattern 3: the native menu drives the page in front, and hears back.
import { createClient } from "@portolan/client";
import type { Server } from "@portolan/server";
import { app, BrowserWindow, Menu } from "electron";
import type { PageApi } from "./page/page.ts";

/** Sets the menu of the app. Its last label shows what the page answered. */
export function installMenu(server: Server): void {
  let size = 15;
  const build = (): void => {
    const change = (id: string, label: string, accelerator: string, by: number) => ({
      id,
      label,
      accelerator,
      click: async (_item: unknown, window: unknown) => {
        size = await changeTextSize(server, window as BrowserWindow | undefined, by);
        build();
      },
    });
    Menu.setApplicationMenu(
      Menu.buildFromTemplate([
        { label: "File", submenu: [{ label: "Quit", click: () => app.quit() }] },
        { role: "editMenu" },
        {
          label: "Text",
          submenu: [
            change("larger", "Larger", "CmdOrCtrl+Plus", 1),
            change("smaller", "Smaller", "CmdOrCtrl+-", -1),
            { type: "separator" },
            { id: "size", label: `Size: ${size} px`, enabled: false },
          ],
        },
        { role: "viewMenu" },
      ]),
    );
  };
  build();
}

async function changeTextSize(server: Server, window: BrowserWindow | undefined, by: number): Promise<number> {
  const front = window ?? BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  const session = await server.when((peer) => peer["window"] === front);
  return createClient<PageApi>(session).changeTextSize(by);
}
