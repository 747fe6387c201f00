import { createClient, status } from "@portolan/client";
import type { SessionSource } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { pageTransport, relayPages, runtimeConnector, runtimeListener } from "../../src/index.ts";
import type { OwnApi } from "./background-api.ts";
import { clientCommands } from "./client-commands.ts";
import { answerCommands } from "./commands.ts";
import { contentScriptApi } from "./content-api.ts";
import { countPortListeners } from "./port-counter.ts";
import { isPrerendering, reportPrerendering } from "./prerendered.ts";

const listeners = countPortListeners();
const abort = new AbortController();
let finals = 0;
// Typed as the pages' router on purpose: the tests try what it must not reach.
const client = createClient<OwnApi>(countingFinals(runtimeConnector({ signal: abort.signal })));
const awake = createClient<OwnApi>(runtimeConnector({ signal: abort.signal, keepAlive: 150 }));
serve(runtimeListener({ name: "content", allow: { pages: true } }), contentScriptApi);
relayPages({ signal: abort.signal });
serve(pageTransport({ name: "direct" }), { greet: (who: string) => `content script greets ${who}` });

/** Calls one after another, and counts how each ended. Runs until told. */
const storm = {
  running: false,
  tokens: [] as string[],
  outcomes: {} as Record<string, number>,
  done: Promise.resolve(),
};

async function callWithoutEnd(): Promise<void> {
  while (storm.running) {
    const token = `token-${storm.tokens.length}`;
    storm.tokens.push(token);
    const outcome = await client.bump(token).then(
      () => "answered",
      (error: { code: string; delivered: string }) => `${error.code} ${error.delivered}`,
    );
    storm.outcomes[outcome] = (storm.outcomes[outcome] ?? 0) + 1;
    if (outcome.startsWith("FAILED_PRECONDITION")) return;
  }
}

/** Hears how often the source ends for good. */
function countingFinals(source: SessionSource): SessionSource {
  return {
    open(options) {
      const opened = source.open(options);
      opened.onStatus(({ state }) => {
        if (state === "closed") finals++;
      });
      return opened;
    },
  };
}

answerCommands("content", {
  ...clientCommands(client),
  later: (ms: number) => awake.later(ms),
  status: () => JSON.stringify(status(client)),
  left: () => ({ listeners: listeners(), finals }),
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

if (isPrerendering()) void reportPrerendering(() => client.whoami());
