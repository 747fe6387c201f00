import type { RuntimeLike, SenderLike } from "./extension-api.ts";
import type { Speaker } from "./port-name.ts";

/** What kind of context is at the other end of a port. */
export type SenderClass = "page" | "content-script" | "relayed-page" | "foreign" | "web-page";

/** What the browser says about the other end, and what follows from it. */
export interface SenderFacts {
  readonly class: SenderClass;
  /** The id of its extension; missing for web pages. */
  readonly extensionId: string | undefined;
  readonly origin: string | undefined;
  readonly url: string | undefined;
  readonly tabId: number | undefined;
  readonly frameId: number | undefined;
  readonly documentId: string | undefined;
  /** Chromium only. */
  readonly documentLifecycle: string | undefined;
  /** For other extensions: whether a content script speaks, `undefined` where the browser does not tell. */
  readonly contentScript: boolean | undefined;
}

/** Sorts a sender into its class. A sender that fits nowhere has none, and is refused. */
export function senderFacts(
  sender: SenderLike | undefined,
  runtime: RuntimeLike,
  via: { external: boolean; speaker: Speaker },
): SenderFacts | undefined {
  if (!sender) return undefined;
  const kind = via.external ? outsider(sender, runtime) : insider(sender, runtime, via.speaker);
  return kind && { class: kind, ...factsOf(sender) };
}

function insider(sender: SenderLike, runtime: RuntimeLike, speaker: Speaker): SenderClass | undefined {
  if (sender.id === undefined || sender.id !== runtime.id) return undefined;
  const own = runtime.getURL?.("");
  if (own === undefined) return undefined;
  if (isWorker(sender, own) || `${sender.origin}/` === own) return speaker === "context" ? "page" : undefined;
  if (sender.origin === undefined) return undefined;
  return speaker === "context" ? "content-script" : "relayed-page";
}

/** A service worker of ours: Chromium gives it a URL, and none of what every document has. */
function isWorker({ origin, url, tab, frameId, documentId }: SenderLike, own: string): boolean {
  const isDocument = origin !== undefined || tab !== undefined || frameId !== undefined || documentId !== undefined;
  return !isDocument && url?.startsWith(own) === true;
}

function outsider(sender: SenderLike, runtime: RuntimeLike): SenderClass | undefined {
  if (sender.id === undefined) return sender.origin === undefined ? undefined : "web-page";
  return sender.id === runtime.id ? undefined : "foreign";
}

function factsOf(sender: SenderLike): Omit<SenderFacts, "class"> {
  return {
    extensionId: sender.id,
    origin: sender.origin,
    url: sender.url,
    tabId: sender.tab?.id,
    frameId: sender.frameId,
    documentId: sender.documentId,
    documentLifecycle: sender.documentLifecycle,
    contentScript: speaksFromContentScript(sender),
  };
}

function speaksFromContentScript(sender: SenderLike): boolean | undefined {
  if (sender.envType !== undefined) return sender.envType !== "addon_child";
  return sender.origin === undefined ? undefined : sender.origin !== `chrome-extension://${sender.id}`;
}
