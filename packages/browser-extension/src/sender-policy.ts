import type { SenderFacts } from "./sender-facts.ts";

/** What every class of senders may be asked. */
export interface SenderRule {
  /** A last word, after the other conditions. Throwing is a no. Default: yes. */
  readonly when?: (sender: SenderFacts) => boolean;
  /** Whether such peers are as trusted as our own code. Default: own extension pages are, nobody else is. */
  readonly trusted?: boolean;
}

/** Which documents of the web may speak. */
export interface DocumentRule extends SenderRule {
  /** Their origins, such as `"https://example.com"`, or `"any"`. */
  readonly origins: readonly string[] | "any";
  /** Only the top frame of a tab, or every frame. Default `"top"`. */
  readonly frames?: "top" | "all";
  /**
   * The lifecycles that may speak, as `"active"` or `"prerender"`. Naming them makes the
   * fact required, and only Chromium gives it. Default: `"active"` wherever it is told.
   */
  readonly documentLifecycle?: readonly string[];
}

/** Which other extensions may speak. */
export interface ExtensionRule extends SenderRule {
  /** Their ids. */
  readonly ids: readonly string[];
  /** Also their content scripts. Default false. */
  readonly contentScripts?: boolean;
}

/** Who may open a port, by class. A class that is not named is refused. */
export interface SenderPolicy {
  /** Our own extension's pages and background: popup, options, side panel, devtools, offscreen. */
  readonly pages?: boolean | SenderRule;
  /** Our own content scripts. */
  readonly contentScripts?: DocumentRule;
  /** Web pages, through the relay in our own content script. */
  readonly relayedPages?: DocumentRule;
  /** Other extensions, by `externally_connectable`. */
  readonly extensions?: ExtensionRule;
  /** Web pages, by `externally_connectable`. */
  readonly webPages?: DocumentRule;
}

/** Yes with the rule that said so, or no with the reason, which is for us and not for the sender. */
export type Judgement = { readonly ok: true; readonly trusted: boolean } | { readonly ok: false; readonly why: string };

/** Judges one sender. Where the browser does not give a fact that the policy needs, the answer is no. */
export function judge(sender: SenderFacts | undefined, policy: SenderPolicy): Judgement {
  if (!sender) return no("the browser does not say who it is");
  const rule = ruleFor(sender, policy);
  if (!rule) return no("its class is not allowed");
  const why = refusalBy(rule, sender) ?? lastWord(rule, sender);
  return why === undefined ? { ok: true, trusted: rule.trusted ?? sender.class === "page" } : no(why);
}

type AnyRule = SenderRule & Partial<DocumentRule> & Partial<ExtensionRule>;

function ruleFor(sender: SenderFacts, policy: SenderPolicy): AnyRule | undefined {
  switch (sender.class) {
    case "page":
      return policy.pages === true ? {} : policy.pages || undefined;
    case "content-script":
      return policy.contentScripts;
    case "relayed-page":
      return policy.relayedPages;
    case "foreign":
      return policy.extensions;
    case "web-page":
      return policy.webPages;
  }
}

function refusalBy(rule: AnyRule, sender: SenderFacts): string | undefined {
  switch (sender.class) {
    case "page":
      return undefined;
    case "foreign":
      return extensionRefusal(rule, sender);
    default:
      return documentRefusal(rule, sender);
  }
}

function extensionRefusal(rule: AnyRule, sender: SenderFacts): string | undefined {
  if (!rule.ids?.includes(sender.extensionId ?? "")) return "its id is not in the list";
  if (rule.contentScripts || sender.contentScript === false) return undefined;
  return sender.contentScript ? "it is a content script" : "the browser does not say whether it is a content script";
}

function documentRefusal(rule: AnyRule, sender: SenderFacts): string | undefined {
  const { origin, frameId, documentLifecycle } = sender;
  if (origin === undefined) return "the browser does not say its origin";
  if (rule.origins !== "any" && !rule.origins?.includes(origin)) return `its origin ${origin} is not in the list`;
  if (rule.frames !== "all" && frameId !== 0) {
    return frameId === undefined ? "the browser does not say its frame" : "it is a subframe";
  }
  if (documentLifecycle === undefined) {
    return rule.documentLifecycle ? "the browser does not say its document's lifecycle" : undefined;
  }
  const lifecycles = rule.documentLifecycle ?? ["active"];
  return lifecycles.includes(documentLifecycle) ? undefined : `its document is ${documentLifecycle}`;
}

function lastWord(rule: AnyRule, sender: SenderFacts): string | undefined {
  if (!rule.when) return undefined;
  try {
    return rule.when(sender) === true ? undefined : "its rule's `when` said no";
  } catch (error) {
    return `its rule's \`when\` threw: ${String(error)}`;
  }
}

function no(why: string): Judgement {
  return { ok: false, why };
}
