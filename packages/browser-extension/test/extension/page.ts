import { createClient } from "@portolan/client";
import { contentScriptConnector } from "../../src/index.ts";
import type { OwnApi } from "./background-api.ts";
import { clientCommands } from "./client-commands.ts";
import { type Commands, runCommand } from "./commands.ts";

const background = createClient<OwnApi>(contentScriptConnector());
const contentScript = createClient<{ greet(who: string): string }>(contentScriptConnector({ name: "direct" }));

const commands: Commands = {
  ...clientCommands(background),
  greet: (who: string) => contentScript.greet(who),
};
Object.assign(globalThis, { run: (name: string, ...args: unknown[]) => runCommand(commands, name, args) });
