// background.ts: the first turn of the script is the right moment

import { serve } from "@portolan/server";
import { runtimeListener } from "../../src/index.ts";

const forContentScripts = { save: (note: string) => note.length };
const forOurPages = { ...forContentScripts, clear: () => "cleared" };
export type ContentApi = typeof forContentScripts;
export type OwnApi = typeof forOurPages;

serve(runtimeListener({ allow: { pages: true, contentScripts: { origins: ["https://example.com"] } } }), (peer) =>
  peer.kind === "extension-page" ? forOurPages : forContentScripts,
);
