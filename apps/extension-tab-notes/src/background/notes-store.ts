import { chrome } from "../chrome.ts";
import type { Note } from "../note.ts";

/** How a note lies in storage, which keeps JSON only. */
type StoredNote = Omit<Note, "created"> & { readonly created: number };

const key = "notes";
const listeners = new Set<(page: string) => void>();
let last: Promise<unknown> = Promise.resolve();

/** All notes, oldest first. Nothing is kept in memory: the background may die between any two calls. */
export async function allNotes(): Promise<Note[]> {
  const stored = ((await chrome.storage.local.get(key))[key] ?? []) as StoredNote[];
  return stored.map((note) => ({ ...note, created: new Date(note.created) }));
}

export async function notesOn(page: string): Promise<Note[]> {
  return (await allNotes()).filter((note) => note.url === page);
}

export async function pinNote(page: string, text: string): Promise<Note> {
  const note: Note = { id: crypto.randomUUID(), url: page, text, created: new Date() };
  await change((notes) => [...notes, note]);
  for (const listener of listeners) listener(page);
  return note;
}

/** Removes a note; `page` limits it to the notes of one page. */
export async function removeNote(id: string, page?: string): Promise<void> {
  const found = (await allNotes()).find((note) => note.id === id && (page === undefined || note.url === page));
  if (!found) return;
  await change((notes) => notes.filter((note) => note.id !== id));
  for (const listener of listeners) listener(found.url);
}

/** Hears the page of each note that comes or goes. Returns the way to stop. */
export function onNotesChanged(listener: (page: string) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** One change after another: storage has no transactions. */
function change(next: (notes: Note[]) => Note[]): Promise<void> {
  const mine = last.then(async () => {
    const notes = next(await allNotes());
    await chrome.storage.local.set({ [key]: notes.map((note) => ({ ...note, created: note.created.getTime() })) });
  });
  last = mine.catch(() => undefined);
  return mine;
}
