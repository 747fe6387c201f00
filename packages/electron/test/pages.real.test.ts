import { expect, it } from "vitest";
import { inEachElectron } from "./harness/suite.ts";
import { within } from "./harness/within.ts";

const scenarios = [
  "no preload",
  "no listener",
  "values",
  "refused by the platform",
  "ports move",
  "reloads",
  "each ending",
  "main closes",
  "a client in a bundled preload",
];

inEachElectron(scenarios, ({ of }) => {
  it("a page without the preload is told so, with the remedy", (context) => {
    expect(of(context, "no preload")).toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining("registerPreload()"),
    });
  });

  it("F5 a page whose main serves nothing gives up after ten seconds, and says what is missing", (context) => {
    const { reason, ms } = of<{ reason: object; ms: number }>(context, "no listener");
    expect(reason).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("rendererListener()") });
    expect(ms).toBeLessThan(within(12_000));
  });

  it("O-23 G-02 G-19 M-06 a sandboxed, isolated page under a strict CSP reaches main, and values arrive as they left", (context) => {
    expect(of(context, "values")).toMatchObject({
      page: {
        kinds: ["Date", "BigInt", "Map", "Uint8Array", "Array", "Number"].map((kind) => `[object ${kind}]`),
        own: true,
        polluted: false,
        strays: 0,
        peer: { kind: "electron-main", trusted: true },
      },
      polluted: false,
    });
  });

  it("G-04 M-16 main knows the frame, window and origin of who has the port, and does not trust it", (context) => {
    expect(of(context, "values")).toMatchObject({
      peer: {
        kind: "electron-frame",
        origin: "file://",
        trusted: false,
        url: true,
        window: true,
        webContents: true,
        frame: true,
      },
      traits: { carries: "clone", moves: "ports", platformObjects: false, announcesDeath: true },
    });
  });

  it("G-17 a value that the platform refuses throws at its sender, and the port lives on; a buffer is copied, never lost", (context) => {
    const { refusals, page, heard, ended } = of<Record<string, unknown[]>>(context, "refused by the platform");
    expect(refusals).toEqual([
      "Error: An object could not be cloned.",
      "Error: An object could not be cloned.",
      expect.stringContaining("TypeError"),
    ]);
    expect(page).toEqual([expect.stringContaining("DataCloneError"), expect.stringContaining("DataCloneError"), null]);
    expect(heard).toEqual([["echo", ["still there"]], 8]);
    expect(ended).toBeNull();
  });

  it("M-04 M-09 M-10 M-11 M-21 ports move both ways at their place in the data, and work as the port type of the other side", (context) => {
    expect(of(context, "ports move")).toEqual({
      answer: "from main",
      note: "here",
      heard: "from the page",
      inThePage: "and back",
      untouched: true,
    });
  });

  it("F10 200 reloads leave no listener behind, and each ends its session with that reason", (context) => {
    const { counts, idle, reasons, sessions } = of<{
      counts: Record<string, number>[];
      idle: Record<string, number>;
      reasons: string[];
      sessions: number;
    }>(context, "reloads");
    expect(sessions).toBe(200);
    expect(counts[1]).toEqual(counts[0]);
    expect(idle["webContents"]).toBe((counts[0]?.["webContents"] ?? 0) - 5);
    expect(reasons).toEqual(["UNAVAILABLE the page was reloaded, or left for …"]);
  });

  it("M-18 F4 every way a page can go ends its session at once, with what happened", (context) => {
    type End = { code: string; message: string; ms: number };
    const { ends } = of<{ ends: Record<string, End> }>(context, "each ending");
    const messages = Object.entries(ends).flatMap(([name, end]) =>
      end.message ? [[name, end.message.split(" file:")[0]]] : [],
    );
    expect(Object.fromEntries(messages)).toEqual({
      "closed by the page": "the other end closed its port or went away",
      navigated: "the page was reloaded, or left for",
      crashed: "the page's process is gone: crashed, exit code 5",
      "window closed": "the window was closed",
    });
    for (const { ms } of Object.values(ends).filter((end) => end.ms !== undefined))
      expect(ms).toBeLessThan(within(200));
    expect(ends["hash"]).toBe("still there");
  });

  it("M-12 sending after the end throws at once, although Electron would stay silent", (context) => {
    const { ends } = of<{ ends: Record<string, string> }>(context, "each ending");
    expect(Object.entries(ends).filter(([name]) => name.endsWith("then"))).toEqual(
      ["closed by the page", "navigated", "crashed", "window closed"].map((name) => [`${name}, then`, "UNAVAILABLE"]),
    );
  });

  it("F22 what main sent before it closed still arrives, and the page hears of the end", (context) => {
    expect(of(context, "main closes")).toMatchObject({
      reason: { code: "UNAVAILABLE", message: "main closed the port" },
      heard: [["echo", 1], ["last words"]],
      afterwards: expect.stringContaining("the transport has ended"),
    });
  });

  it("G-10 G-14 M-17 where sendSync would block, a client in the bundled, sandboxed preload asks at its start and gives the page the answer", (context) => {
    expect(of(context, "a client in a bundled preload")).toEqual(["echo", ["from the preload"]]);
  });
});
