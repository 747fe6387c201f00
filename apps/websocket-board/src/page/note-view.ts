import type { Note } from "../board-event.ts";
import { placeOf } from "./place.ts";

/** What one can do with a note. */
export interface NoteActions {
  move(id: string, x: number, y: number): void;
  write(id: string, text: string): void;
  remove(id: string): void;
}

/** One note on the board: dragged by its edge, written in place. */
export class NoteView {
  readonly element: HTMLElement = document.createElement("article");
  readonly #words: HTMLTextAreaElement | undefined;

  constructor(note: Note, actions: NoteActions) {
    this.element.className = "note";
    this.element.style.borderColor = note.colour;
    const remove = document.createElement("button");
    remove.textContent = "×";
    remove.title = "Remove";
    remove.addEventListener("click", () => actions.remove(note.id));
    this.#words = note.file ? undefined : document.createElement("textarea");
    this.#words?.addEventListener("input", () => actions.write(note.id, this.#words?.value ?? ""));
    this.element.append(this.#words ?? linkTo(note), remove);
    this.element.addEventListener("pointerdown", (event) => this.#drag(event, note.id, actions));
    this.update(note);
  }

  update({ x, y, text }: Note): void {
    this.element.style.left = `${x * 100}%`;
    this.element.style.top = `${y * 100}%`;
    // Who is writing has the newer words.
    if (this.#words && this.#words !== document.activeElement) this.#words.value = text;
  }

  #drag(event: PointerEvent, id: string, actions: NoteActions): void {
    if (event.target !== this.element) return;
    this.element.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => {
      const { x, y } = placeOf(moved, this.element.parentElement);
      actions.move(id, x, y);
    };
    this.element.addEventListener("pointermove", move);
    const end = () => this.element.removeEventListener("pointermove", move);
    this.element.addEventListener("pointerup", end, { once: true });
  }
}

function linkTo({ text, file }: Note): HTMLElement {
  const link = document.createElement("a");
  link.href = file?.url ?? "";
  link.textContent = `${text} (${Math.ceil((file?.size ?? 0) / 1024)} KiB)`;
  return link;
}
