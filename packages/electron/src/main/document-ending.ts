import type { CloseReason } from "@portolan/protocol";

/** What Electron tells of a page's process that is gone. */
export interface ProcessGone {
  readonly reason: string;
  readonly exitCode: number;
}

/** The window of a document was closed. */
export const windowClosed: CloseReason = { code: "UNAVAILABLE", message: "the window was closed", by: "platform" };

/** A document made room for another one. */
export function navigated(url: string): CloseReason {
  return { code: "UNAVAILABLE", message: `the page was reloaded, or left for ${url.slice(0, 256)}`, by: "platform" };
}

/** The process of a document is gone. */
export function crashed(details: ProcessGone): CloseReason {
  const message = `the page's process is gone: ${details.reason}, exit code ${details.exitCode}`;
  return { code: "UNAVAILABLE", message, by: "platform", cause: details };
}
