import { relayPages } from "../../src/page-relay.ts";
import { dialRuntime } from "../../src/runtime-connector.ts";
import { runtimeListener } from "../../src/runtime-listener.ts";
import { answerCommands } from "../extension/commands.ts";
import { serveCases } from "./far.ts";
import { conformanceCommand } from "./near.ts";

serveCases(runtimeListener({ name: "content", allow: { pages: true } }));
relayPages();
const { signal } = new AbortController();
answerCommands(
  "content",
  conformanceCommand(() => dialRuntime({}, "context", { signal, patience: 5000 })),
);
