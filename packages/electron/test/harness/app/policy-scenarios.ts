import { copyFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BrowserWindow, ipcMain, type WebContents } from "electron";
import { connectFrames, registerPreload, rendererListener } from "../../../src/main/index.ts";
import { acceptAll, afterwards, file, inPage, listenerCounts, loaded, open, type Scenario } from "./scenario.ts";

const allow = file("index.html");

/** Who gets in, and what the others are told. */
export const policyScenarios: Record<string, Scenario> = {
  async "another page"() {
    const arrivals = acceptAll(rendererListener({ allow }));
    const window = await open("other.html");
    const told = await inPage(window, 'wire.open("a"), wire.send("a", "let me in"), wire.ended("a")');
    const honest = await open();
    const heard = await inPage(honest, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
    return { told, heard, arrived: arrivals.transports.length, reports: arrivals.reports };
  },
  async "another origin"() {
    const origin = await serveOverHttp();
    const other = origin.replace("127.0.0.1", "localhost");
    const arrivals = acceptAll(rendererListener({ allow: [origin] }));
    const window = await open(`${other}/index.html`);
    const told = await inPage(window, 'wire.open("a"), wire.ended("a")');
    const right = await open(`${origin}/index.html`);
    const heard = await inPage(right, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
    return { told, heard, arrived: arrivals.transports.length };
  },
  async "a page that navigates to a hostile one"() {
    const origin = await serveOverHttp();
    const arrivals = acceptAll(rendererListener({ allow }));
    const window = await open();
    await inPage(window, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
    const transport = await arrivals.next();
    void window.loadURL(`${origin}/index.html`);
    const { code, message } = await transport.closed;
    await loaded(window);
    const told = await inPage(window, 'wire.open("a"), wire.ended("a")');
    return { code, message: message.includes(origin), told, arrived: arrivals.transports.length };
  },
  async "an iframe"() {
    const arrivals = acceptAll(rendererListener({ allow: () => true }));
    const within = { webPreferences: { nodeIntegrationInSubFrames: true } };
    const window = await open("outer.html", within);
    const [frame] = window.webContents.mainFrame.frames;
    const told = await frame?.executeJavaScript('wire.open("a"), wire.ended("a")');
    const outer = await inPage(window, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
    return { told, outer, arrived: arrivals.transports.length };
  },
  async "an iframe that borrows its parent's preload"() {
    const arrivals = acceptAll(rendererListener({ allow: () => true, subframes: true }));
    const window = await open("outer.html");
    const [frame] = window.webContents.mainFrame.frames;
    const borrow = `{
      const { port1, port2 } = new MessageChannel();
      globalThis.told = [];
      port1.onmessage = ({ data }) => told.push(data);
      parent.postMessage({ "portolan:connect": ["main", "main"] }, "*", [port2]);
    }`;
    await frame?.executeJavaScript(borrow);
    // The page asks later, over the same queue of messages.
    const heard = await inPage(window, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
    return { heard, told: await frame?.executeJavaScript("told"), arrived: arrivals.transports.length };
  },
  async "an iframe that is allowed"() {
    const arrivals = acceptAll(rendererListener({ allow: file("other.html"), subframes: true }));
    const window = await open("outer.html", { webPreferences: { nodeIntegrationInSubFrames: true } });
    const [frame] = window.webContents.mainFrame.frames;
    const heard = await frame?.executeJavaScript('wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
    const transport = await arrivals.next();
    const gone = transport.closed;
    await inPage(window, 'document.querySelector("iframe").src = "index.html"');
    return { heard, end: await gone };
  },
  async "a webview"() {
    const arrivals = acceptAll(rendererListener({ allow: () => true }));
    const window = await open("webview.html", { webPreferences: { webviewTag: true } });
    const guest = await guestOf(window.webContents);
    const told = await inPage(guest, 'wire.open("a"), wire.ended("a")');
    return { told, type: guest.getType(), arrived: arrivals.transports.length };
  },
  async "a webview that is allowed"() {
    const arrivals = acceptAll(rendererListener({ allow: file("other.html"), webviews: true }));
    const window = await open("webview.html", { webPreferences: { webviewTag: true } });
    const guest = await guestOf(window.webContents);
    const heard = await inPage(guest, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
    const transport = await arrivals.next();
    const end = transport.closed;
    await inPage(window, 'document.querySelector("webview").remove()');
    return { heard, mine: transport.peer["webContents"] === guest, end: (await end).code };
  },
  async "a policy of another kind"() {
    const refused = [];
    for (const given of [undefined, [], "index.html", 5]) {
      try {
        rendererListener({ allow: given as never });
        refused.push("taken");
      } catch (error) {
        refused.push(String(error));
      }
    }
    return refused;
  },
  async "a file at a strange path"() {
    const folder = mkdtempSync(join(tmpdir(), "it's 100% [a] #1 \u00fc~^`-"));
    afterwards(() => rmSync(folder, { recursive: true }));
    for (const name of ["index.html", "page.js"]) copyFileSync(file(name), join(folder, name));
    const heard = [];
    for (const allow of [join(folder, "index.html"), `${folder}/`]) {
      const listener = rendererListener({ allow });
      acceptAll(listener);
      const window = new BrowserWindow({ show: false });
      await window.loadFile(join(folder, "index.html"));
      heard.push(...(await inPage<unknown[]>(window, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)')));
      await listener.close();
    }
    return heard;
  },
  async "a policy that throws"() {
    const allow = (): boolean => {
      throw new Error("the database is down");
    };
    const arrivals = acceptAll(rendererListener({ allow }));
    const window = await open();
    const told = await inPage(window, 'wire.open("a"), wire.ended("a")');
    return { told, arrived: arrivals.transports.length };
  },
  async "a link of what cannot be linked"() {
    const window = await open();
    const before = listenerCounts(window);
    const links = [
      () => connectFrames(window, undefined as never, { name: "a" }),
      () => connectFrames({} as never, window, { name: "a" }),
      () => connectFrames(window, window, {} as never),
      () => connectFrames(window, window, undefined as never),
    ];
    const refused = links.map((link) => {
      try {
        link();
        return "linked";
      } catch (error) {
        return String(error);
      }
    });
    return { refused, left: JSON.stringify(listenerCounts(window)) === JSON.stringify(before) };
  },
  async "a preload that is not on disk"() {
    const preload = file("../preload.cjs");
    renameSync(preload, `${preload}.away`);
    afterwards(() => renameSync(`${preload}.away`, preload));
    try {
      registerPreload();
      return "registered";
    } catch (error) {
      return { code: (error as { code?: string }).code, message: String(error) };
    }
  },
  async "forged requests"() {
    const arrivals = acceptAll(rendererListener({ allow }));
    const window = await open();
    const told = [];
    for (const [request, ports] of [
      ['"main"', 1],
      ['["main"]', 1],
      ['["main", { toString: 1 }]', 1],
      ['["root", "main"]', 1],
      ['["main", "nobody"]', 1],
      ['["main", "main"]', 2],
      ['JSON.parse(\'{"__proto__":["main","main"]}\')', 1],
      ["null", 1],
    ] as const) {
      told.push(await inPage(window, `wire.forge(${request}, ${ports})`));
    }
    // Without a port, and as if the preload had been replaced: nothing may happen.
    ipcMain.emit("portolan:connect", { sender: window.webContents, senderFrame: null, ports: [] }, ["main", "main"]);
    ipcMain.emit("portolan:connect", { sender: window.webContents, senderFrame: null, ports: [] });
    const heard = await inPage(window, 'wire.open("a"), wire.send("a", 1), wire.heard("a", 1)');
    return { told, heard, arrived: arrivals.transports.length, reports: arrivals.reports.length };
  },
  async "too many ports"() {
    const arrivals = acceptAll(rendererListener({ allow }));
    const window = await open();
    await inPage(
      window,
      'Array.from({ length: 63 }, (_, n) => wire.open("n" + n)), wire.send("n62", 1), wire.heard("n62", 1)',
    );
    const atTheLimit = await inPage(window, 'wire.open("last"), wire.send("last", 1), wire.heard("last", 1)');
    const above = await inPage(window, 'wire.open("above"), wire.ended("above")');
    await inPage(window, 'wire.close("last")');
    await arrivals.transports[63]?.closed;
    const again = await inPage(window, 'wire.open("again"), wire.send("again", 1), wire.heard("again", 1)');
    return { atTheLimit, above, again };
  },
  async "a taken name"() {
    acceptAll(rendererListener({ allow }));
    const second = rendererListener({ allow });
    second.accept(
      () => {},
      () => {},
    );
    return second.ready.then(
      () => "ready",
      (error) => String(error.code),
    );
  },
};

async function guestOf(host: WebContents): Promise<WebContents> {
  const { webContents } = await import("electron");
  const guest = webContents.getAllWebContents().find((each) => each.hostWebContents === host);
  if (!guest) throw new Error("no webview");
  if (guest.isLoading()) await new Promise((done) => guest.once("did-finish-load", () => done(undefined)));
  return guest;
}

async function serveOverHttp(): Promise<string> {
  const server = createServer(async (request, response) => {
    const name = (request.url ?? "/").split("?")[0]?.slice(1) ?? "";
    const body = await readFile(file(name)).catch(() => undefined);
    response.setHeader("content-type", name.endsWith(".js") ? "text/javascript" : "text/html");
    if (body === undefined) response.statusCode = 404;
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  // "localhost" must lead here too.
  afterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
