import type { Guest } from "../board-event.ts";

/** The other guests' pointers. */
export class Cursors {
  readonly #board: HTMLElement;
  readonly #cursors = new Map<string, HTMLElement>();
  #guests: readonly Guest[] = [];

  constructor(board: HTMLElement) {
    this.#board = board;
  }

  /** These guests are here; pointers of others go. */
  keep(guests: readonly Guest[]): void {
    this.#guests = guests;
    const present = new Set(guests.map(({ id }) => id));
    for (const [id, cursor] of this.#cursors) {
      if (present.has(id)) continue;
      cursor.remove();
      this.#cursors.delete(id);
    }
  }

  move(id: string, x: number, y: number): void {
    const cursor = this.#cursors.get(id) ?? this.#make(id);
    if (!cursor) return;
    cursor.style.left = `${x * 100}%`;
    cursor.style.top = `${y * 100}%`;
  }

  #make(id: string): HTMLElement | undefined {
    const guest = this.#guests.find((each) => each.id === id);
    if (!guest) return undefined;
    const cursor = document.createElement("div");
    cursor.className = "cursor";
    cursor.style.color = guest.colour;
    cursor.textContent = guest.name;
    this.#cursors.set(id, cursor);
    this.#board.append(cursor);
    return cursor;
  }
}
