import type { Note } from "../note.ts";

/** What a board can ask for. */
export interface NoteBoardActions {
  pin(text: string): Promise<unknown>;
  unpin(id: string): Promise<unknown>;
}

const style = `
  :host { all: initial; position: fixed; right: 16px; bottom: 16px; z-index: 2147483647; font: 14px/1.4 system-ui, sans-serif; color: #1d2b36 }
  ol { list-style: none; margin: 0 0 8px; padding: 0; display: grid; gap: 8px; justify-items: end }
  li { background: #fff3bf; border-radius: 4px; padding: 8px 30px 8px 12px; max-width: 260px; box-shadow: 0 2px 8px #0003; position: relative; overflow-wrap: anywhere }
  button { all: unset; position: absolute; top: 6px; right: 10px; cursor: pointer; color: #8a6d00 }
  form { display: flex; justify-content: end }
  input { font: inherit; padding: 6px 10px; border: 1px solid #b9c4cc; border-radius: 16px; width: 200px; background: #fff; color: inherit }`;

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
