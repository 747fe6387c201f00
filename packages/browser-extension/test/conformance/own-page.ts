import { dialRuntime } from "../../src/runtime-connector.ts";
import { type Outcome, runCommand } from "../extension/commands.ts";
import { conformanceCommand } from "./near.ts";

interface Runtime {
  sendMessage(tabId: number): Promise<Outcome>;
}
const { runtime } = (globalThis as unknown as { chrome: { runtime: Runtime } }).chrome;
const { signal } = new AbortController();

const commands = conformanceCommand(() => dialRuntime({}, "context", { signal, patience: 5000 }));
Object.assign(globalThis, {
  run: (name: string, ...args: unknown[]) =>
    name === "inBackground" ? runtime.sendMessage(args[0] as number) : runCommand(commands, name, args),
});
