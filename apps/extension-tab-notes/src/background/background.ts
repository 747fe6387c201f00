import { runtimeListener, tabTransport } from "@portolan/browser-extension";
import { createClient } from "@portolan/client";
import { serve } from "@portolan/server";
import { chrome } from "../chrome.ts";
import type { ContentScriptApi } from "../content/content.ts";
import { pageOf } from "../note.ts";
import { notesOn, onNotesChanged } from "./notes-store.ts";
import { contentScripts, ownPages, webPages } from "./routers.ts";

serve(
  runtimeListener({
    allow: { pages: true, contentScripts: { origins: "any" }, relayedPages: { origins: "any" } },
  }),
  (peer) => {
    if (peer.kind === "extension-page") return ownPages;
    return peer.kind === "extension-content-script" ? contentScripts : webPages;
  },
);

// Each tab that shows a page hears of its notes, whoever changed them.
onNotesChanged(async (page) => {
  const [notes, tabs] = await Promise.all([notesOn(page), chrome.tabs.query({})]);
  for (const { id, url } of tabs) {
    if (id === undefined || url === undefined || pageOf(url) !== page) continue;
    const client = createClient<ContentScriptApi>(tabTransport(id));
    // A tab that has just gone has nobody to tell.
    await client.show(notes).catch(() => undefined);
    await client.close();
  }
});
