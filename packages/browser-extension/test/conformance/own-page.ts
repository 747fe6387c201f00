import { dialRuntime } from "../../src/runtime-connector.ts";
import { tabTransport } from "../../src/tab-transport.ts";
import { runCommand } from "../extension/commands.ts";
import { conformanceCommand } from "./near.ts";

const { signal } = new AbortController();
// With the number of a tab: its content script. Without: the background.
const commands = conformanceCommand((tabId?: number) =>
  tabId === undefined ? dialRuntime({}, "context", { signal, patience: 5000 }) : tabTransport(tabId),
);
Object.assign(globalThis, { run: (name: string, ...args: unknown[]) => runCommand(commands, name, args) });
