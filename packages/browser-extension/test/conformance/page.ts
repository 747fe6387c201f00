import { askForPort } from "../../src/content-script-connector.ts";
import { runCommand } from "../extension/commands.ts";
import { conformanceCommand } from "./near.ts";

const { signal } = new AbortController();
const commands = conformanceCommand(() => askForPort("portolan", false, signal));
Object.assign(globalThis, { run: (name: string, ...args: unknown[]) => runCommand(commands, name, args) });
