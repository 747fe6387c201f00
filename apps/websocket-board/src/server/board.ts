import { randomUUID } from "node:crypto";
import { RpcError } from "@portolan/server";
import type { BoardEvent, Guest, Note } from "../board-event.ts";
import { Watcher } from "./watcher.ts";

const maxNotes = 500;

/** The board: its notes, and who watches. Kept in memory. */
export class Board {
  readonly #notes = new Map<string, Note>();
  readonly #watchers = new Map<Guest, Watcher>();

  /** A guest comes, and hears everything from now on. */
  watch(guest: Guest): Watcher {
    this.#watchers.get(guest)?.return();
    const watcher = new Watcher(() => {
      this.#watchers.delete(guest);
      this.#tell(this.#guests());
    });
    this.#watchers.set(guest, watcher);
    const { guests } = this.#guests();
    watcher.tell({ kind: "board", you: guest.id, guests, notes: [...this.#notes.values()] });
    this.#tell(this.#guests(), guest);
    return watcher;
  }

  point(guest: Guest, x: number, y: number): void {
    this.#tell({ kind: "cursor", id: guest.id, x, y }, guest);
  }

  add(note: Omit<Note, "id">): Note {
    if (this.#notes.size >= maxNotes) throw new RpcError("RESOURCE_EXHAUSTED", `the board holds ${maxNotes} notes`);
    return this.#put({ ...note, id: randomUUID() });
  }

  change(id: string, change: Partial<Pick<Note, "x" | "y" | "text">>): Note {
    const note = this.#notes.get(id);
    if (!note) throw new RpcError("NOT_FOUND", "this note is gone");
    return this.#put({ ...note, ...change });
  }

  remove(id: string): void {
    if (this.#notes.delete(id)) this.#tell({ kind: "removed", id });
  }

  #put(note: Note): Note {
    this.#notes.set(note.id, note);
    this.#tell({ kind: "note", note });
    return note;
  }

  #guests(): { readonly kind: "guests"; readonly guests: readonly Guest[] } {
    return { kind: "guests", guests: [...this.#watchers.keys()] };
  }

  #tell(event: BoardEvent, except?: Guest): void {
    for (const [guest, watcher] of this.#watchers) if (guest !== except) watcher.tell(event);
  }
}
