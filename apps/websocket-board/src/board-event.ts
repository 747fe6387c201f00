/** Somebody who has the board open. */
export interface Guest {
  readonly id: string;
  readonly name: string;
  readonly colour: string;
}

/** A note, or a file that was dropped. Places are parts of the board's width and height, 0 to 1. */
export interface Note {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly colour: string;
  readonly file?: { readonly url: string; readonly size: number };
}

/** What happens on the board. The first event is the whole of it. */
export type BoardEvent =
  | { readonly kind: "board"; readonly you: string; readonly guests: readonly Guest[]; readonly notes: readonly Note[] }
  | { readonly kind: "guests"; readonly guests: readonly Guest[] }
  | { readonly kind: "note"; readonly note: Note }
  | { readonly kind: "removed"; readonly id: string }
  | { readonly kind: "cursor"; readonly id: string; readonly x: number; readonly y: number };
