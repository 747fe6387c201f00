import type { Page } from "puppeteer-core";

/** The id of the tab that shows `page`, as the extension's own page `own` sees it. */
export async function tabIdOf(page: Page, own: Page): Promise<number> {
  return (await own.evaluate(findTab, page.url())) as number;
}

// Runs in the extension's page.
async function findTab(wanted: string): Promise<number | undefined> {
  const { tabs } = (globalThis as unknown as { chrome: { tabs: Tabs } }).chrome;
  return (await tabs.query({})).find((tab) => tab.url === wanted)?.id;
}

interface Tabs {
  query(filter: object): Promise<{ id: number; url?: string }[]>;
}
