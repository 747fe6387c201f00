import { createClient } from "@portolan/client";
import { serve } from "@portolan/server";
import { runtimeConnector, runtimeListener } from "../../src/index.ts";
import { type Commands, runCommand } from "../extension/commands.ts";
import type { SurfaceApi } from "./background.ts";
import type { SurfacePage } from "./surface-page.ts";

const path = location.pathname;
const client = createClient<SurfaceApi>(runtimeConnector());

const pageApi: SurfacePage = {
  async whereAreYou(): Promise<string> {
    const numbers: number[] = [];
    // And calls back, with a stream, while it is asked.
    for await (const number of client.count(3)) numbers.push(number);
    return `${path} ${numbers}`;
  },
};
serve(runtimeListener({ name: path, allow: { pages: true } }), pageApi);
void client.arrived(path, (value) => value * 2);

interface SidePanel {
  open(options: { windowId: number }): Promise<void>;
}
interface Chrome {
  readonly runtime: { openOptionsPage(): Promise<void> };
  readonly sidePanel?: SidePanel;
  readonly windows?: { getCurrent(): Promise<{ id: number }> };
}
const { chrome } = globalThis as unknown as { chrome: Chrome };

const commands: Commands = {
  seen: () => client.seen(),
  ask: (at: string) => client.ask(at),
  openOffscreen: () => client.openOffscreen(),
  openOptions: () => chrome.runtime.openOptionsPage(),
};
Object.assign(globalThis, { run: (name: string, ...args: unknown[]) => runCommand(commands, name, args) });

// Browsers open a side panel for a user's gesture, and for nothing else.
if (path === "/control.html") void offerSidePanel();

async function offerSidePanel(): Promise<void> {
  const windowId = (await chrome.windows?.getCurrent())?.id ?? 0;
  const button = document.createElement("button");
  button.textContent = "Open the side panel";
  button.onclick = () => void chrome.sidePanel?.open({ windowId }).catch((error: unknown) => console.error(error));
  document.documentElement.append(button);
}
