import type { Note } from "../note.ts";

/** What a board can ask for. */
export interface NoteBoardActions {
  pin(text: string): Promise<unknown>;
  unpin(id: string): Promise<unknown>;
}

const style = `
  :host { all: initial; position: fixed; right: 18px; bottom: 18px; z-index: 2147483647; font: 14px/1.4 system-ui, sans-serif; color: #4d3d00 }
  ol { list-style: none; margin: 0 0 10px; padding: 0; display: grid; gap: 10px; justify-items: end }
  li { background: linear-gradient(#fff7d1, #fff0b3); border: 1px solid #f2d974; border-radius: 10px 10px 2px 10px; padding: 9px 34px 9px 14px; max-width: 260px; box-shadow: 0 1px 2px #0a1c2b1f, 0 6px 18px #0a1c2b1f; position: relative; overflow-wrap: anywhere; animation: in .16s ease-out }
  @keyframes in { from { opacity: 0; transform: translateY(6px) } }
  @media (prefers-reduced-motion: reduce) { li { animation: none } }
  button { all: unset; position: absolute; top: 7px; right: 9px; width: 18px; height: 18px; text-align: center; line-height: 17px; border-radius: 50%; cursor: pointer; color: #a58a1c }
  button:hover, button:focus-visible { background: #f2d974; color: #4d3d00 }
  form { display: flex; justify-content: end }
  input { font: inherit; padding: 8px 16px; border: 1px solid #dde4e9; border-radius: 20px; width: 200px; background: #fff; color: #16232e; box-shadow: 0 1px 2px #0a1c2b14, 0 6px 18px #0a1c2b1a }
  input:focus { outline: 2px solid #0b6bcb; outline-offset: -1px }`;

/** The notes of this page, in its corner, in a shadow of their own. */
export class NoteBoard {
  readonly #list = document.createElement("ol");
  readonly #actions: NoteBoardActions;

  constructor(actions: NoteBoardActions) {
    this.#actions = actions;
    const host = document.createElement("tab-notes");
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = document.createElement("style");
    sheet.textContent = style;
    shadow.append(sheet, this.#list, this.#form());
    document.documentElement.append(host);
  }

  show(notes: readonly Note[]): void {
    this.#list.replaceChildren(...notes.map((note) => this.#item(note)));
  }

  #form(): HTMLFormElement {
    const form = document.createElement("form");
    const input = document.createElement("input");
    input.placeholder = "Pin a note to this page";
    form.append(input);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (text === "") return;
      await this.#actions.pin(text);
      input.value = "";
    });
    return form;
  }

  #item(note: Note): HTMLLIElement {
    const item = document.createElement("li");
    const remove = document.createElement("button");
    remove.textContent = "×";
    remove.title = "Unpin";
    remove.addEventListener("click", () => void this.#actions.unpin(note.id));
    item.title = note.created.toLocaleString();
    item.append(note.text, remove);
    return item;
  }
}
