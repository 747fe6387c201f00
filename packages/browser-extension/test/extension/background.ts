import { serve } from "@portolan/server";
import { runtimeListener } from "../../src/index.ts";
import { contentApi, ownApi, pageApi, popups } from "./background-api.ts";

declare const SITE: string;
declare const FRIEND: string;

interface Runtime {
  readonly onConnect: { addListener(listener: (port: RawPort) => void): void };
  readonly onMessage: {
    addListener(listener: (message: unknown, sender: unknown, respond: (answer: unknown) => void) => void): void;
  };
}
interface RawPort {
  readonly name: string;
  readonly onMessage: { addListener(listener: (length: number) => void): void };
  postMessage(message: unknown): void;
}
const { runtime } = (globalThis as unknown as { chrome: { runtime: Runtime } }).chrome;
const refused: string[] = [];

const server = serve(
  runtimeListener({
    allow: {
      pages: true,
      contentScripts: { origins: [SITE] },
      relayedPages: { origins: [SITE] },
      extensions: { ids: [FRIEND] },
    },
  }),
  (peer) => {
    if (peer.kind === "extension-page") return ownApi;
    return peer.kind === "extension-content-script" ? contentApi : pageApi;
  },
  { onError: (error) => refused.push(String((error as Error).message)) },
);

// A stranger on the same platform: how the tests look inside.
runtime.onMessage.addListener((message, _sender, respond) => {
  if (message === "refused") respond(refused);
  if (message === "popups") respond(popups);
  if (message === "sessions") respond([...server.sessions].length);
});

// The same bytes by hand, to compare with; also a port that is none of ours.
runtime.onConnect.addListener((port) => {
  if (port.name === "raw") port.onMessage.addListener((length) => port.postMessage(new Uint8Array(length).fill(7)));
});
