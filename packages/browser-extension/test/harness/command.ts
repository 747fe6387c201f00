import type { Frame, Page } from "puppeteer-core";
import type { Outcome } from "../extension/commands.ts";

/** Has the content script of a document run a command. Waits until it is there. */
export async function inContent(frame: Frame | Page, name: string, ...args: unknown[]): Promise<Outcome> {
  await frame.waitForFunction("document.documentElement.dataset.portolancontent === 'ready'");
  return (await frame.evaluate(dispatchAndWait, "content", name, args)) as Outcome;
}

/** Has the script in an own page, or in the MAIN world of a site, run a command. */
export async function inScript(frame: Frame | Page, name: string, ...args: unknown[]): Promise<Outcome> {
  await frame.waitForFunction("typeof globalThis.run === 'function'");
  return (await frame.evaluate(
    (name, args) => (globalThis as unknown as { run(...all: unknown[]): unknown }).run(name, ...args),
    name,
    args,
  )) as Outcome;
}

/** The value of a command that went well. */
export function resultOf(outcome: Outcome): unknown {
  if ("value" in outcome) return outcome.value;
  throw new Error(`${outcome.error.code} (${outcome.error.delivered}): ${outcome.error.message}`);
}

/** The code of a command that went wrong. */
export function codeOf(outcome: Outcome): string {
  return "error" in outcome ? outcome.error.code : `went well: ${JSON.stringify(outcome.value)}`;
}

// Runs in the page's MAIN world.
function dispatchAndWait(world: string, name: string, args: unknown[]): Promise<unknown> {
  const id = Math.random().toString(36);
  return new Promise((resolve) => {
    document.addEventListener(
      `portolan-test:done:${id}`,
      (event) => resolve(JSON.parse((event as CustomEvent<string>).detail)),
      { once: true },
    );
    document.dispatchEvent(new CustomEvent(`portolan-test:${world}`, { detail: JSON.stringify({ id, name, args }) }));
  });
}
