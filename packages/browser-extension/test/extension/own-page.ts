import { createClient } from "@portolan/client";
import { serve } from "@portolan/server";
import { runtimeConnector, runtimeListener, tabTransport } from "../../src/index.ts";
import type { OwnApi } from "./background-api.ts";
import { clientCommands } from "./client-commands.ts";
import { type Commands, runCommand } from "./commands.ts";
import type { ContentApi } from "./content-api.ts";
import { type LargeKind, largeValue } from "./large-values.ts";
import { forgetAnswers, panelAnswers, panelApi } from "./panel-api.ts";

interface Runtime {
  sendMessage(message: unknown): Promise<unknown>;
}
const { runtime } = (globalThis as unknown as { chrome: { runtime: Runtime } }).chrome;
const client = createClient<OwnApi>(runtimeConnector());

const commands: Commands = {
  servePanel: (name = "panel") => void serve(runtimeListener({ name, allow: { pages: true } }), panelApi),
  answers: panelAnswers,
  forgetAnswers,
  largeToTab: async (tabId: number, kind: LargeKind, size: number) => {
    const tab = createClient<ContentApi>(tabTransport(tabId));
    try {
      return await tab.isLarge(largeValue(kind, size), kind, size);
    } finally {
      await tab.close();
    }
  },
  ...clientCommands(client),
  raw: (message: unknown) => runtime.sendMessage(message),
  each: (items: string[]) => client.each(items, async (item) => item.length),
  close: () => client.close(),
};
Object.assign(globalThis, { run: (name: string, ...args: unknown[]) => runCommand(commands, name, args) });

// The real popup of Firefox cannot be seen by the automation: it says itself that it is there, and goes.
if (location.pathname === "/popup.html") void client.popupIsHere().then(() => window.close());
