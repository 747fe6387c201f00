import { createClient } from "@portolan/client";
import { serve } from "@portolan/server";
import { runtimeConnector, runtimeListener } from "../../src/index.ts";
import type { OwnApi } from "./background-api.ts";
import { clientCommands } from "./client-commands.ts";
import { type Commands, runCommand } from "./commands.ts";
import { panelAnswers, panelApi } from "./panel-api.ts";

interface Runtime {
  sendMessage(message: unknown): Promise<unknown>;
}
const { runtime } = (globalThis as unknown as { chrome: { runtime: Runtime } }).chrome;
const client = createClient<OwnApi>(runtimeConnector());

const commands: Commands = {
  servePanel: () => void serve(runtimeListener({ name: "panel", allow: { pages: true } }), panelApi),
  answers: panelAnswers,
  huge: async (length: number) => ((await client.echo("x".repeat(length))) as string).length,
  ...clientCommands(client),
  raw: (message: unknown) => runtime.sendMessage(message),
  each: (items: string[]) => client.each(items, async (item) => item.length),
  close: () => client.close(),
};
Object.assign(globalThis, { run: (name: string, ...args: unknown[]) => runCommand(commands, name, args) });

// The real popup of Firefox cannot be seen by the automation: it says itself that it is there, and goes.
if (location.pathname === "/popup.html") void client.popupIsHere().then(() => window.close());
