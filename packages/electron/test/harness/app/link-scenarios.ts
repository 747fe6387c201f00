import { ipcMain, utilityProcess } from "electron";
import { connectFrames, rendererListener } from "../../../src/main/index.ts";
import { acceptAll, file, inPage, listenerCounts, loaded, open, type Scenario } from "./scenario.ts";

const allow = [file("index.html"), file("other.html")];

/** Two frames, or a frame and a utility process, connected by main. */
export const linkScenarios: Record<string, Scenario> = {
  async "two windows"() {
    const one = await open();
    const two = await open("other.html");
    await Promise.all([one, two].map((window) => inPage(window, 'links.listen("doc")')));
    const link = connectFrames(one, two.webContents, { name: "doc" });
    const [a] = await inPage<string[]>(one, "links.arrived(1)");
    const [b] = await inPage<string[]>(two, "links.arrived(1)");
    await inPage(one, `wire.send("${a}", { hello: new Date(5), from: "one" })`);
    const heard = await inPage(two, `wire.heard("${b}", 1)`);
    const peer = await inPage<Record<string, unknown>>(two, `wire.peer("${b}")`);
    // A new document gets a new one.
    const end = inPage(one, `wire.ended("${a}")`);
    two.webContents.reload();
    const ended = await end;
    await loaded(two);
    await inPage(two, 'links.listen("doc")');
    const arrivals = await inPage<string[]>(one, "links.arrived(2)");
    const [c] = await inPage<string[]>(two, "links.arrived(1)");
    await inPage(two, `wire.send("${c}", "again")`);
    const again = await inPage(one, `wire.heard("${arrivals[1]}", 1)`);
    // A page of another kind in the same window does not.
    await two.loadFile(file("outer.html"));
    await inPage(two, 'links.listen("doc")');
    await inPage(one, `wire.ended("${arrivals[1]}")`);
    const uninvited = await inPage<string[]>(two, "Promise.resolve(links.arrivals)");
    link.close();
    return {
      heard,
      peer: {
        ...peer,
        url: String(peer["url"]).endsWith("index.html"),
        mine: peer["webContentsId"] === one.webContents.id,
      },
      ended,
      again,
      uninvited,
      ...listenerCounts(one),
    };
  },
  async "a window and a utility process"() {
    const { next } = acceptAll(rendererListener({ allow }));
    void next;
    const window = await open();
    const child = utilityProcess.fork(file("utility.mjs"));
    const link = connectFrames(window, child, { name: "utility" });
    await inPage(window, 'links.listen("utility")');
    const [id] = await inPage<string[]>(window, "links.arrived(1)");
    await inPage(window, `wire.send("${id}", "hello")`);
    const [heard] = await inPage<unknown[][]>(window, `wire.heard("${id}", 1)`);
    const end = inPage(window, `wire.ended("${id}")`);
    child.kill();
    const ended = await end;
    link.close();
    return { heard, ended, listeners: child.eventNames().length };
  },
  async "one frame of a window"() {
    const within = { webPreferences: { nodeIntegrationInSubFrames: true } };
    const outer = await open("outer.html", within);
    const other = await open();
    const [frame] = outer.webContents.mainFrame.frames;
    if (!frame) throw new Error("no frame");
    await frame.executeJavaScript('links.listen("doc")');
    await inPage(outer, 'links.listen("doc")');
    await inPage(other, 'links.listen("doc")');
    const link = connectFrames(frame, other, { name: "doc" });
    const [mine] = await inPage<string[]>(other, "links.arrived(1)");
    const [its] = (await frame.executeJavaScript("links.arrived(1)")) as string[];
    await frame.executeJavaScript(`wire.send("${its}", "from the frame")`);
    const heard = await inPage(other, `wire.heard("${mine}", 1)`);
    const peer = await inPage<Record<string, unknown>>(other, `wire.peer("${mine}")`);
    const around = await inPage<string[]>(outer, "Promise.resolve(links.arrivals)");
    const end = inPage<{ code: string }>(other, `wire.ended("${mine}")`);
    await inPage(outer, 'document.querySelector("iframe").remove()');
    const { code } = await end;
    link.close();
    return { heard, url: String(peer["url"]).endsWith("other.html"), around, code };
  },
  async "nobody was asked"() {
    const window = await open();
    await inPage(window, 'links.listen("doc")');
    return { ...listenerCounts(window), names: ipcMain.eventNames() };
  },
};
