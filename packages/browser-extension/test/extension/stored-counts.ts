/** How often each token ran, kept where a restart does not lose it. One write after another. */
interface Storage {
  get(key: string): Promise<Record<string, number | undefined>>;
  get(key: null): Promise<Record<string, number>>;
  set(items: Record<string, number>): Promise<void>;
}

const storage = (globalThis as unknown as { chrome: { storage: { local: Storage } } }).chrome.storage.local;
let last: Promise<unknown> = Promise.resolve();

export function storedBump(token: string): Promise<number> {
  const mine = last.then(async () => {
    const count = ((await storage.get(token))[token] ?? 0) + 1;
    await storage.set({ [token]: count });
    return count;
  });
  last = mine.catch(() => undefined);
  return mine;
}

export function storedCounts(): Promise<Record<string, number>> {
  return storage.get(null);
}
