import { chrome } from "../chrome.ts";
import { pageOf } from "../note.ts";
import { allNotes, onNotesChanged } from "./notes-store.ts";

/** An open tab, and how many notes are pinned to its page. */
export interface TabCount {
  readonly tabId: number;
  readonly title: string;
  readonly url: string;
  readonly active: boolean;
  readonly notes: number;
}

/** The tabs now, and again whenever tabs or notes change. */
export async function* watchTabs(): AsyncGenerator<TabCount[], void> {
  let changed = signal();
  const tell = (): void => changed.resolve();
  const events = [chrome.tabs.onUpdated, chrome.tabs.onRemoved, chrome.tabs.onActivated];
  for (const event of events) event.addListener(tell);
  const stop = onNotesChanged(tell);
  try {
    for (;;) {
      yield await countTabs();
      await changed.promise;
      changed = signal();
    }
  } finally {
    stop();
    for (const event of events) event.removeListener(tell);
  }
}

async function countTabs(): Promise<TabCount[]> {
  const [tabs, notes] = await Promise.all([chrome.tabs.query({}), allNotes()]);
  return tabs.flatMap(({ id, title = "", url = "", active }) =>
    id !== undefined && url.startsWith("http")
      ? [{ tabId: id, title, url, active, notes: notes.filter((note) => note.url === pageOf(url)).length }]
      : [],
  );
}

function signal(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
