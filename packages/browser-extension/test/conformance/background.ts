import { runtimeListener } from "../../src/runtime-listener.ts";
import { tabTransport } from "../../src/tab-transport.ts";
import { runCommand } from "../extension/commands.ts";
import { serveCases } from "./far.ts";
import { conformanceCommand } from "./near.ts";

interface Runtime {
  readonly onMessage: {
    addListener(listener: (tabId: number, sender: unknown, respond: (answer: unknown) => void) => boolean): void;
  };
}
const { runtime } = (globalThis as unknown as { chrome: { runtime: Runtime } }).chrome;

const any = { origins: "any" } as const;
serveCases(runtimeListener({ allow: { pages: true, contentScripts: any, relayedPages: any } }));

// The kit from here to the content script of a tab.
const commands = conformanceCommand((tabId: number) => tabTransport(tabId));
runtime.onMessage.addListener((tabId, _sender, respond) => {
  void runCommand(commands, "conformance", [tabId]).then(respond);
  return true;
});
