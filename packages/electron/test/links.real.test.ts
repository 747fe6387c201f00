import { expect, it } from "vitest";
import { inEachElectron } from "./harness/suite.ts";

const scenarios = [
  "utility echoes",
  "utility exits",
  "utility throws",
  "utility whose file is missing",
  "utility is killed",
  "utility of a factory ends with its transport",
  "two windows",
  "a window and a utility process",
  "one frame of a window",
  "nobody was asked",
];

inEachElectron(scenarios, ({ of }) => {
  it("a utility process and main share their channel with strangers, and leave no listener", (context) => {
    expect(of(context, "utility echoes")).toMatchObject({
      echoed: [[1, { 0: 2 }]],
      met: { stranger: "heard" },
      alive: true,
      before: 0,
      after: 0,
    });
  });

  it("F5 a utility process that never begins says so, and what to look at", (context) => {
    expect(of(context, "utility whose file is missing")).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/exited: code \d+ before its first message: is its file there, and does it serve/),
    });
  });

  it("M-21 however a utility process ends, its transport does, with the platform's facts", (context) => {
    expect(of(context, "utility exits")).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("code 7"),
      by: "platform",
    });
    expect(of(context, "utility throws")).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("exited"),
    });
    expect(of(context, "utility is killed")).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("code 9"),
    });
  });

  it("a utility process of a factory is ours to end", (context) => {
    expect(of(context, "utility of a factory ends with its transport")).toBe(0);
  });

  it("M-02 M-07 M-13 G-16 two windows talk over a port that main dealt, with each other's identity", (context) => {
    expect(of(context, "two windows")).toMatchObject({
      heard: [{ hello: "1970-01-01T00:00:00.005Z", from: "one" }],
      peer: { kind: "electron-frame", name: "doc", origin: "file://", url: true, mine: true, trusted: false },
    });
  });

  it("a window that reloads gets a new link, and another page in its place gets none", (context) => {
    const { ended, again, uninvited } = of(context, "two windows");
    expect(ended).toMatchObject({ code: "UNAVAILABLE", by: "remote" });
    expect([again, uninvited]).toEqual([["again"], []]);
  });

  it("M-01 a window and a utility process talk directly, and its death is heard", (context) => {
    const { heard, ended, listeners } = of(context, "a window and a utility process");
    expect(heard).toEqual([
      "utility heard",
      "hello",
      expect.objectContaining({ kind: "electron-frame", name: "utility", origin: "file://", trusted: false }),
    ]);
    expect(ended).toMatchObject({ code: "UNAVAILABLE" });
    expect(listeners).toBe(0);
  });

  it("one frame inside a page is linked, the page around it is not, and its end is heard", (context) => {
    expect(of(context, "one frame of a window")).toEqual({
      heard: ["from the frame"],
      url: true,
      around: [],
      code: "UNAVAILABLE",
    });
  });

  it("an app that serves nothing has no listener of ours", (context) => {
    expect(of(context, "nobody was asked")).toMatchObject({ names: expect.not.arrayContaining(["portolan:connect"]) });
  });
});
