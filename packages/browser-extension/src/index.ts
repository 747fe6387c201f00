/** @packageDocumentation Portolan between the contexts of a browser extension, and native hosts. */

// For the background, and any context that answers.

export { type RuntimeListenerOptions, runtimeListener } from "./runtime-listener.ts";
export type { SenderClass, SenderFacts } from "./sender-facts.ts";
export type { DocumentRule, ExtensionRule, SenderPolicy, SenderRule } from "./sender-policy.ts";

// For popups, options pages, side panels, devtools, offscreen documents and content scripts.

export { type RuntimeConnectorOptions, runtimeConnector } from "./runtime-connector.ts";

// From the background to a tab, and to a native host.

export { type NativeTransportOptions, nativeTransport } from "./native-transport.ts";
export { type TabTransportOptions, tabTransport } from "./tab-transport.ts";

// Between a content script and its page.

export { type ContentScriptConnectorOptions, contentScriptConnector } from "./content-script-connector.ts";
export { type PageRelayOptions, relayPages } from "./page-relay.ts";
export { type PageTransportOptions, pageTransport } from "./page-transport.ts";
