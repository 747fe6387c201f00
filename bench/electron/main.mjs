// Serves the same two procedures three ways, and lets the page measure them.
import { fileURLToPath } from "node:url";
import { rendererListener } from "@portolan/electron/main";
import { serve } from "@portolan/server";
import { initTRPC } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import { app, BrowserWindow, ipcMain } from "electron";
import { createIPCHandler } from "trpc-electron/main";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

const t = initTRPC.create({ isServer: true });
const router = t.router({
  echo: t.procedure.input((value) => value).query(({ input }) => input),
  items: t.procedure
    .input((value) => value)
    .subscription(({ input }) =>
      observable((to) => {
        for (let n = 0; n < input; n++) to.next(n);
        to.complete();
      }),
    ),
});

ipcMain.handle("echo", (_event, value) => value);
ipcMain.on("items", (event, count) => {
  for (let n = 0; n < count; n++) event.sender.send("item", n);
  event.sender.send("end");
});
serve(rendererListener({ allow: file("index.html") }), {
  echo: (value) => value,
  items: async function* (count) {
    for (let n = 0; n < count; n++) yield n;
  },
});

app.whenReady().then(async () => {
  const webPreferences = { preload: file("preload.cjs"), sandbox: true, backgroundThrottling: false };
  const window = new BrowserWindow({ show: false, webPreferences });
  createIPCHandler({ router, windows: [window] });
  await window.loadFile(file("index.html"));
  const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
  const figures = await window.webContents.executeJavaScript(`measure(${rounds})`);
  console.log(`@figures ${JSON.stringify(figures)}`);
  app.exit(0);
});
