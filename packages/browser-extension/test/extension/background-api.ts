import { type Client, createClient } from "@portolan/client";
import { type Call, withMeta } from "@portolan/protocol";
import { runtimeConnector, type TabTransportOptions, tabTransport } from "../../src/index.ts";
import type { ContentApi } from "./content-api.ts";
import { type LargeKind, largeValue } from "./large-values.ts";
import type { PanelApi } from "./panel-api.ts";
import { storedBump, storedCounts } from "./stored-counts.ts";

/** Every incarnation of the background has its own. */
const incarnation = Math.random().toString(36).slice(2);

/** What everyone may call. */
const common = {
  echo: (value: unknown): unknown => value,
  incarnation: (): string => incarnation,
  /** Never answers. */
  hang: (): Promise<never> => new Promise(() => {}),
  whoami(this: Call): Record<string, unknown> {
    const { kind, trusted, origin, frameId, documentLifecycle, documentId, tabId } = this.peer;
    return {
      kind,
      trusted,
      origin,
      frameId,
      documentLifecycle,
      hasDocument: documentId !== undefined,
      inTab: tabId !== undefined,
    };
  },
};

/** For content scripts. */
export const contentApi = {
  ...common,
  /** Counts how often each token ran, over restarts. */
  bump: (token: string): Promise<number> => storedBump(token),
  /** Answers after so many milliseconds. */
  later: (ms: number): Promise<string> => new Promise((resolve) => setTimeout(() => resolve("later"), ms)),
  /** Goes on behind the last id that the caller has. */
  async *numbers(after: number, count: number): AsyncGenerator<number> {
    for (let number = after + 1; number <= count; number++) {
      yield withMeta(number, { id: String(number) });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  },
  bytes: (length: number): Uint8Array => new Uint8Array(length).fill(7),
  /** More than one message holds. */
  large: (kind: LargeKind, size: number): unknown => largeValue(kind, size),
  fail(): never {
    throw new RangeError("a secret of the background");
  },
};

/** For web pages, through the relay. */
export const pageApi = { ...common };

/** How the popups that said so were seen. */
export const popups: Record<string, unknown>[] = [];

const laterPanel = createClient<PanelApi>(runtimeConnector({ to: "later" }));

/** For our own pages. */
export const ownApi = {
  ...contentApi,
  counts: (): Promise<Record<string, number>> => storedCounts(),
  secret: (): string => "of our own pages",
  popupIsHere(this: Call): void {
    popups.push({ kind: this.peer.kind, trusted: this.peer.trusted, inTab: this.peer["tabId"] !== undefined });
  },
  /** Asks whichever panel is open, as often as told. */
  async askPanel(times: number): Promise<void> {
    const client = createClient<PanelApi>(runtimeConnector({ to: "panel" }));
    for (let time = 0; time < times; time++) await client.ask();
    await client.close();
  },
  /** Asks a panel that may not be open, with one client for all times. */
  askLater: (): Promise<unknown> => asData(() => laterPanel.ask()),
  each: async (items: string[], visit: (item: string) => Promise<number>): Promise<number[]> =>
    Promise.all(items.map((item) => visit(item))),
  /** Calls the content script of a document, and says how the transport ended. */
  callTab: (tabId: number, target: TabTransportOptions, value: unknown): Promise<unknown> =>
    withTab(tabId, target, (client) => client.fromBackground(value)),
  /** Waits for a content script that never answers. */
  hangTab: (tabId: number): Promise<unknown> => withTab(tabId, {}, (client) => client.hang()),
};

export type OwnApi = typeof ownApi;
export type BackgroundContentApi = typeof contentApi;
export type BackgroundPageApi = typeof pageApi;

async function withTab(
  tabId: number,
  target: TabTransportOptions,
  call: (client: Client<ContentApi>) => PromiseLike<unknown>,
): Promise<unknown> {
  const client = createClient<ContentApi>(tabTransport(tabId, target));
  const outcome = await asData(() => call(client));
  await client.close();
  return outcome;
}

/** What a call here came to, as data for who asks from elsewhere. */
async function asData(call: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    return { value: await call() };
  } catch (error) {
    const { code, message, delivered } = error as { code?: string; message: string; delivered?: string };
    return { code, message, delivered };
  }
}
