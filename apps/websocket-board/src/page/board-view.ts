import type { BoardEvent, Guest, Note } from "../board-event.ts";
import { Cursors } from "./cursors.ts";
import { type NoteActions, NoteView } from "./note-view.ts";

/** Shows the board, and changes it as events come. */
export class BoardView {
  readonly #board: HTMLElement;
  readonly #present: HTMLElement;
  readonly #actions: NoteActions;
  readonly #cursors: Cursors;
  readonly #notes = new Map<string, NoteView>();
  #you = "";

  constructor(board: HTMLElement, present: HTMLElement, actions: NoteActions) {
    this.#board = board;
    this.#present = present;
    this.#actions = actions;
    this.#cursors = new Cursors(board);
  }

  take(event: BoardEvent): void {
    switch (event.kind) {
      case "board":
        return this.#showAll(event);
      case "guests":
        return this.#showGuests(event.guests);
      case "note":
        return this.#showNote(event.note);
      case "removed":
        return this.#remove(event.id);
      case "cursor":
        return this.#cursors.move(event.id, event.x, event.y);
    }
  }

  #showAll({ you, guests, notes }: BoardEvent & { kind: "board" }): void {
    this.#you = you;
    const present = new Set(notes.map(({ id }) => id));
    for (const id of this.#notes.keys()) if (!present.has(id)) this.#remove(id);
    for (const note of notes) this.#showNote(note);
    this.#showGuests(guests);
  }

  #showGuests(guests: readonly Guest[]): void {
    const badges = guests.map(({ id, name, colour }) => {
      const badge = document.createElement("span");
      badge.className = "guest";
      badge.style.background = colour;
      badge.textContent = id === this.#you ? `${name} (you)` : name;
      return badge;
    });
    this.#present.replaceChildren(...badges);
    this.#cursors.keep(guests.filter(({ id }) => id !== this.#you));
  }

  #showNote(note: Note): void {
    const shown = this.#notes.get(note.id);
    if (shown) return shown.update(note);
    const view = new NoteView(note, this.#actions);
    this.#notes.set(note.id, view);
    this.#board.append(view.element);
  }

  #remove(id: string): void {
    this.#notes.get(id)?.element.remove();
    this.#notes.delete(id);
  }
}
