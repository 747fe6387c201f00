/** A note, pinned to a page. */
export interface Note {
  readonly id: string;
  /** The page, without what follows `#`. */
  readonly url: string;
  readonly text: string;
  readonly created: Date;
}

/** The page that a URL means: its fragment is a place on it. */
export function pageOf(url: string): string {
  return url.split("#", 1)[0] ?? url;
}
