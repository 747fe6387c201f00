import { pageTransport, relayPages, runtimeConnector, runtimeListener } from "../../src/index.ts";
import { createClient } from "@portolan/client";
import { serve } from "@portolan/server";
import type { OwnApi } from "./background-api.ts";
import { clientCommands } from "./client-commands.ts";
import { answerCommands } from "./commands.ts";
import { contentScriptApi } from "./content-api.ts";

const abort = new AbortController();
// Typed as the pages' router on purpose: the tests try what it must not reach.
const client = createClient<OwnApi>(runtimeConnector({ signal: abort.signal }));
const awake = createClient<OwnApi>(runtimeConnector({ signal: abort.signal, keepAlive: 150 }));
serve(runtimeListener({ name: "content", allow: { pages: true } }), contentScriptApi);
relayPages({ signal: abort.signal });
serve(pageTransport({ name: "direct" }), { greet: (who: string) => `content script greets ${who}` });

/** Calls one after another, and counts how each ended. Runs until told. */
const storm = { running: false, tokens: [] as string[], outcomes: {} as Record<string, number>, done: Promise.resolve() };

async function callWithoutEnd(): Promise<void> {
  while (storm.running) {
    const token = `token-${storm.tokens.length}`;
    storm.tokens.push(token);
    const outcome = await client.bump(token).then(
      () => "answered",
      (error: { code: string; delivered: string }) => `${error.code} ${error.delivered}`,
    );
    storm.outcomes[outcome] = (storm.outcomes[outcome] ?? 0) + 1;
  }
}

answerCommands("content", {
  ...clientCommands(client),
  startStorm() {
    storm.running = true;
    storm.done = callWithoutEnd();
  },
  async stopStorm() {
    storm.running = false;
    await storm.done;
    return { calls: storm.tokens.length, outcomes: storm.outcomes };
  },
});
