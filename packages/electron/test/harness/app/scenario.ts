import { fileURLToPath } from "node:url";
import type { Listener, Transport } from "@portolan/protocol";
import { app, BrowserWindow, type BrowserWindowConstructorOptions, ipcMain, type WebContents } from "electron";
import { registerPreload } from "../../../src/main/index.ts";

/** Something that the app does and reports on. What it returns is printed as JSON. */
export type Scenario = () => Promise<unknown>;

/** A file of the built app. */
export function file(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Runs the scenarios named on the command line (all without a name), one after another, and quits. */
export async function runScenarios(scenarios: Readonly<Record<string, Scenario>>): Promise<void> {
  const wanted = process.argv.filter((arg) => Object.hasOwn(scenarios, arg));
  for (const name of wanted.length > 0 ? wanted : Object.keys(scenarios)) {
    // Twice: the second time is quiet.
    if (name !== "no preload") for (let times = 0; times < 2; times++) registerPreload();
    const outcome = await inTime(name, scenarios[name] as Scenario).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
    console.log(`@scenario ${JSON.stringify({ name, ...outcome })}`);
    for (const window of BrowserWindow.getAllWindows()) window.destroy();
    for (const close of closers.splice(0)) await close();
  }
  app.exit(0);
}

async function inTime(name: string, scenario: Scenario): Promise<unknown> {
  const limit = name.startsWith("conformance") ? 300_000 : 90_000;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the scenario took longer than ${limit / 1000} s`)), limit);
  });
  return await Promise.race([scenario(), late]).finally(() => clearTimeout(timer));
}

const closers: (() => unknown)[] = [];

/** Does something when the scenario is over. */
export function afterwards(close: () => unknown): void {
  closers.push(close);
}

/** What arrived at a listener. */
export interface Arrivals {
  readonly transports: Transport[];
  readonly reports: string[];
  next(): Promise<Transport>;
}

/** Accepts all that a listener lets in, and echoes what it says. */
export function acceptAll(listener: Listener, { echo = true } = {}): Arrivals {
  const transports: Transport[] = [];
  const reports: string[] = [];
  const waiting: ((transport: Transport) => void)[] = [];
  let seen = 0;
  listener.accept(
    (transport) => {
      transports.push(transport);
      if (echo) transport.receive((message) => transport.send(["echo", message]));
      while (seen < transports.length && waiting.length > 0) waiting.shift()?.(transports[seen++] as Transport);
    },
    (error) => reports.push(String(error)),
  );
  listener.ready.catch(() => {});
  afterwards(() => listener.close());
  return {
    transports,
    reports,
    next: () =>
      seen < transports.length
        ? Promise.resolve(transports[seen++] as Transport)
        : new Promise((done) => waiting.push(done)),
  };
}

/** Opens a window with a sandboxed, isolated page. */
export async function open(page = "index.html", options: BrowserWindowConstructorOptions = {}): Promise<BrowserWindow> {
  const webPreferences = { sandbox: true, contextIsolation: true, ...options.webPreferences };
  const window = new BrowserWindow({ show: false, ...options, webPreferences });
  if (/^\w+:/.test(page)) await window.loadURL(page);
  else await window.loadFile(file(page));
  return window;
}

/** Runs an expression in a page. */
export function inPage<T = unknown>(window: BrowserWindow | WebContents, expression: string): Promise<T> {
  const contents = "webContents" in window ? window.webContents : window;
  return contents.executeJavaScript(`(async () => (${expression}))()`) as Promise<T>;
}

/** Resolves when the page that is on its way has come. */
export function loaded({ webContents }: BrowserWindow): Promise<void> {
  return new Promise((done) => webContents.once("did-finish-load", () => done()));
}

/** How many listeners there are, in the places where they tend to pile up. */
export function listenerCounts(window?: BrowserWindow): Record<string, number> {
  const counts: Record<string, number> = { ipcMain: total(ipcMain), app: total(app) };
  if (window) Object.assign(counts, { webContents: total(window.webContents), window: total(window) });
  return counts;
}

function total(emitter: NodeJS.EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}

/** Resolves with the end of a transport, and how long it took from now, in ms. */
export async function ending(transport: Transport): Promise<{ code: string; message: string; by: string; ms: number }> {
  const began = performance.now();
  const { code, message, by } = await transport.closed;
  return { code, message, by, ms: Math.round(performance.now() - began) };
}
