// The same app, driven as a person would: prints what it saw as JSON, and takes the pictures.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { app, BrowserWindow, dialog, Menu, nativeTheme } from "electron";
import { type Started, startWorkbench } from "./workbench.ts";

const shots = process.env["PORTOLAN_WORKBENCH_SHOTS"];

app.on("window-all-closed", () => {});
nativeTheme.themeSource = "light";
app
  .whenReady()
  .then(startWorkbench)
  .then(drive)
  .then(
    (seen) => console.log(`@seen ${JSON.stringify(seen)}`),
    (error: unknown) => console.log(`@failed ${error instanceof Error ? error.stack : String(error)}`),
  )
  .finally(() => app.exit(0));

async function drive(started: Started): Promise<Record<string, unknown>> {
  const [window] = BrowserWindow.getAllWindows() as [BrowserWindow];
  await started.server.when((peer) => peer["window"] === window);

  await type(window, "title", "Passage to Candia");
  const title = await until(() => window.getTitle().includes("Candia") && window.getTitle());
  const opened = await openFile(window);
  const sizes = [
    await fromMenu("larger", window, 16),
    await fromMenu("larger", window, 17),
    await fromMenu("smaller", window, 16),
  ];
  const { other, shared, back } = await inTwoWindows(window);
  const seenOfFolder = await readFolder(window);

  const log = await inPage<string[]>(
    window,
    "[...document.querySelectorAll('#log li em:first-of-type')].map((each) => each.textContent)",
  );
  // A window behind another one paints nothing.
  other.hide();
  for (const theme of ["light", "dark"] as const) await photograph(window, theme);
  other.close();
  const alone = await until(() => text(window, "peers").then((line) => line === "" && "alone"));
  return { title, opened, sizes, shared, back, ...seenOfFolder, log: [...new Set(log)].sort(), alone };
}

async function openFile(window: BrowserWindow): Promise<string> {
  const filePaths = [process.env["PORTOLAN_WORKBENCH_FILE"] ?? ""];
  dialog.showOpenDialog = (async () => ({ canceled: false, filePaths })) as never;
  await click(window, "open");
  return until(() => read(window, "text").then((text) => text.length > 0 && text.slice(0, 20)));
}

/** What one window writes, the other one shows. */
async function inTwoWindows(window: BrowserWindow): Promise<{ other: BrowserWindow; shared: string; back: string }> {
  await click(window, "window");
  const other = await until(() => BrowserWindow.getAllWindows().find((each) => each !== window));
  const shared = await until(() => read(other, "text").then((text) => (text === "" ? false : text.slice(0, 20))));
  await type(other, "title", "Passage to Candia, by night");
  const back = await until(() => read(window, "title").then((text) => text.endsWith("night") && text));
  return { other, shared, back };
}

async function readFolder(window: BrowserWindow): Promise<{ cancelled: string; indexed: string; drawn: number }> {
  const over = () => inPage<boolean>(window, "document.getElementById('cancel').disabled");
  // Where the click comes too late, the whole folder has been read: then once more.
  const cancelled = await until(async () => {
    await click(window, "index");
    await until(() => inPage(window, "document.querySelectorAll('#files li').length > 20"));
    await click(window, "cancel");
    await until(over);
    return text(window, "count").then((line) => line.startsWith("Cancelled") && line);
  });
  await click(window, "index");
  const indexed = await until(() => over().then(async (done) => done && (await text(window, "count"))));
  const drawn = await until(() => inPage<number>(window, drawnPictures).then((count) => count > 5 && count));
  return { cancelled, indexed, drawn };
}

const drawnPictures =
  "[...document.querySelectorAll('#files canvas')].filter((each) => each.getContext('2d').getImageData(0, 0, 96, 64).data.some((value) => value > 0)).length";

async function fromMenu(id: string, window: BrowserWindow, expected: number): Promise<string> {
  Menu.getApplicationMenu()?.getMenuItemById(id)?.click(undefined, window, window.webContents);
  return until(() => {
    const label = Menu.getApplicationMenu()?.getMenuItemById("size")?.label ?? "";
    return label.includes(String(expected)) && label;
  });
}

async function photograph(window: BrowserWindow, theme: "light" | "dark"): Promise<void> {
  nativeTheme.themeSource = theme;
  await until(() => inPage<boolean>(window, `matchMedia("(prefers-color-scheme: ${theme})").matches`));
  // The pictures are drawn in the colours of the page.
  await click(window, "index");
  await until(() =>
    inPage<boolean>(
      window,
      "document.getElementById('cancel').disabled && document.querySelectorAll('#files li').length > 0",
    ),
  );
  await until(() => inPage<number>(window, drawnPictures).then((count) => count > 5));
  if (shots === undefined) return;
  await mkdir(shots, { recursive: true });
  window.webContents.invalidate();
  await inPage(
    window,
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))",
  );
  const picture = await window.webContents.capturePage();
  await writeFile(join(shots, `electron-workbench-${theme}.png`), picture.toPNG());
}

function inPage<T = unknown>(window: BrowserWindow, expression: string): Promise<T> {
  return window.webContents.executeJavaScript(`(async () => (${expression}))()`) as Promise<T>;
}

const click = (window: BrowserWindow, id: string) => inPage(window, `document.getElementById("${id}").click()`);
const read = (window: BrowserWindow, id: string) => inPage<string>(window, `document.getElementById("${id}").value`);
const text = (window: BrowserWindow, id: string) =>
  inPage<string>(window, `document.getElementById("${id}").textContent`);

function type(window: BrowserWindow, id: string, value: string): Promise<unknown> {
  const set = `Object.assign(document.getElementById("${id}"), { value: ${JSON.stringify(value)} })`;
  return inPage(window, `${set}.dispatchEvent(new Event("input"))`);
}

/** Looks again and again, up to forty seconds. */
async function until<T>(look: () => T | Promise<T>): Promise<Exclude<T, false | undefined>> {
  const began = Date.now();
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined) return found as Exclude<T, false | undefined>;
    if (Date.now() - began > 40_000) throw new Error(`waited too long for: ${String(look)}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
