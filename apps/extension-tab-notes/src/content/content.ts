import { relayPages, runtimeConnector, runtimeListener } from "@portolan/browser-extension";
import { createClient } from "@portolan/client";
import { serve } from "@portolan/server";
import type { ContentScripts } from "../background/routers.ts";
import type { Note } from "../note.ts";
import { NoteBoard } from "./note-board.ts";

const background = createClient<ContentScripts>(runtimeConnector());
const board = new NoteBoard({
  pin: (text) => background.pin(text),
  unpin: (id) => background.unpin(id),
});

/** What the background tells this document. */
const api = { show: (notes: Note[]): void => board.show(notes) };
export type ContentScriptApi = typeof api;

serve(runtimeListener({ name: "content", allow: { pages: true } }), api);
relayPages({ name: "tab-notes" });

void background.notes().then(api.show);
