import type { Call } from "@portolan/server";
import { RpcError } from "@portolan/server";
import { type Note, pageOf } from "../note.ts";
import { allNotes, notesOn, pinNote, removeNote } from "./notes-store.ts";
import { watchTabs } from "./tab-counts.ts";

/** For our popup and side panel: everything. */
export const ownPages = {
  tabs: watchTabs,
  pin: (url: string, text: string): Promise<Note> => pinNote(pageOf(url), text),
  remove: (id: string): Promise<void> => removeNote(id),
  /** All notes with this text in them, or on a page with it in its address, newest first. */
  async *search(text: string): AsyncGenerator<Note, void> {
    const wanted = text.toLowerCase();
    for (const note of (await allNotes()).reverse()) {
      if (`${note.text}\n${note.url}`.toLowerCase().includes(wanted)) yield note;
    }
  },
};

/** For content scripts: the notes of the page that the browser says they are in, whatever they say. */
export const contentScripts = {
  notes(this: Call): Promise<Note[]> {
    return notesOn(pageOfPeer(this));
  },
  pin(this: Call, text: string): Promise<Note> {
    return pinNote(pageOfPeer(this), text);
  },
  unpin(this: Call, id: string): Promise<void> {
    return removeNote(id, pageOfPeer(this));
  },
};

/** For web pages: a number. */
export const webPages = {
  async count(this: Call): Promise<number> {
    return (await notesOn(pageOfPeer(this))).length;
  },
};

export type OwnPages = typeof ownPages;
export type ContentScripts = typeof contentScripts;
export type WebPages = typeof webPages;

function pageOfPeer({ peer }: Call): string {
  const { url } = peer;
  if (typeof url === "string") return pageOf(url);
  throw new RpcError("PERMISSION_DENIED", "the browser does not say which page this is");
}
