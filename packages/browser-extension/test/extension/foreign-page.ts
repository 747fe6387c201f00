import { createClient } from "@portolan/client";
import { runtimeConnector } from "../../src/index.ts";
import type { OwnApi } from "./background-api.ts";
import { clientCommands } from "./client-commands.ts";
import { runCommand } from "./commands.ts";

Object.assign(globalThis, {
  run: (_dial: string, extensionId: string, ...call: unknown[]) => {
    const client = createClient<OwnApi>(runtimeConnector({ extensionId }));
    return runCommand(clientCommands(client), "call", call);
  },
});
