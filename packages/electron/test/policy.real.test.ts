import { expect, it } from "vitest";
import { inEachElectron } from "./harness/suite.ts";

const scenarios = [
  "another page",
  "another origin",
  "a page that navigates to a hostile one",
  "an iframe",
  "an iframe that borrows its parent's preload",
  "an iframe that is allowed",
  "a webview",
  "a webview that is allowed",
  "a policy of another kind",
  "a file at a strange path",
  "a policy that throws",
  "a link of what cannot be linked",
  "a preload that is not on disk",
  "forged requests",
  "too many ports",
  "a taken name",
];

const denied = { code: "PERMISSION_DENIED", by: "remote" };
const answered = [["echo", 1]];

inEachElectron(scenarios, ({ of }) => {
  it("G-05 G-08 G-13 a page that is not allowed is told so and reported, and honest windows do not notice", (context) => {
    const { told, heard, arrived, reports } = of(context, "another page");
    expect(told).toMatchObject({ ...denied, message: expect.stringContaining("other.html is not allowed") });
    expect([heard, arrived]).toEqual([answered, 1]);
    expect(reports).toEqual([expect.stringContaining("other.html is not allowed")]);
  });

  it("a page of another origin gets a denial and reaches no handler", (context) => {
    const { told, heard, arrived } = of(context, "another origin");
    expect(told).toMatchObject(denied);
    expect([heard, arrived]).toEqual([answered, 1]);
  });

  it("a window that navigates to a hostile page loses its session, and the page gets none", (context) => {
    const { code, message, told, arrived } = of(context, "a page that navigates to a hostile one");
    expect([code, message, arrived]).toEqual(["UNAVAILABLE", true, 1]);
    expect(told).toMatchObject(denied);
  });

  it("a frame inside a page gets a denial, while the page around it does not notice", (context) => {
    const { told, outer, arrived } = of(context, "an iframe");
    expect(told).toMatchObject({ ...denied, message: expect.stringContaining("a frame inside a page") });
    expect([outer, arrived]).toEqual([answered, 1]);
  });

  it("a frame that posts its request to the page around it reaches nobody, since the preload takes its own page's only", (context) => {
    const found = of(context, "an iframe that borrows its parent's preload");
    expect(found).toEqual({ heard: answered, told: [], arrived: 1 });
  });

  it("a frame that is let in has a session until it navigates", (context) => {
    expect(of(context, "an iframe that is allowed")).toMatchObject({
      heard: answered,
      end: { code: "UNAVAILABLE", message: expect.stringContaining("left for"), by: "platform" },
    });
  });

  it("a webview gets a denial", (context) => {
    const { told, type, arrived } = of(context, "a webview");
    expect([type, arrived]).toEqual(["webview", 0]);
    expect(told).toMatchObject({ ...denied, message: expect.stringContaining("<webview>") });
  });

  it("a webview that is let in has a session until it is removed", (context) => {
    expect(of(context, "a webview that is allowed")).toEqual({ heard: answered, mine: true, end: "UNAVAILABLE" });
  });

  it("a policy that says nothing is a TypeError at once", (context) => {
    expect(of(context, "a policy of another kind")).toEqual(
      Array(4).fill(expect.stringContaining("TypeError: expected")),
    );
  });

  it("a file is allowed by its path, and by its folder's, whatever characters are in it", (context) => {
    expect(of(context, "a file at a strange path")).toEqual([...answered, ...answered]);
  });

  it("a policy that throws is a denial, and the page does not hear why", (context) => {
    const { told, arrived } = of<{ told: { message: string }; arrived: number }>(context, "a policy that throws");
    expect(told).toMatchObject(denied);
    expect(told.message).not.toContain("database");
    expect(arrived).toBe(0);
  });

  it("what cannot be linked, and a link without a name, are TypeErrors that leave nothing behind", (context) => {
    expect(of(context, "a link of what cannot be linked")).toEqual({
      refused: [
        expect.stringMatching(/TypeError: expected a window, .* to link, got undefined/),
        expect.stringMatching(/TypeError: expected a window, .* to link, got object/),
        expect.stringMatching(/TypeError: expected connectFrames\(a, b, { name }\) with a name/),
        expect.stringMatching(/TypeError: expected connectFrames\(a, b, { name }\) with a name/),
      ],
      left: true,
    });
  });

  it("registerPreload() in an app whose preload is not on disk names the one-line preload", (context) => {
    expect(of(context, "a preload that is not on disk")).toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining('import "@portolan/electron/preload"'),
    });
  });

  it("forged requests are refused, and main lives", (context) => {
    const { told, heard, arrived, reports } = of<{ told: unknown[]; reports: number } & Record<string, unknown>>(
      context,
      "forged requests",
    );
    const no = { "portolan:answer": ["refused", "PERMISSION_DENIED", expect.any(String)] };
    const nobody = { "portolan:answer": ["refused", "UNAVAILABLE", expect.stringContaining('"nobody"')] };
    const yes = { "portolan:answer": ["accepted"] };
    expect(told).toEqual([no, no, no, no, nobody, yes, no, no]);
    // The one with two ports asked rightly: the preload hands on one of them.
    expect([heard, arrived]).toEqual([answered, 2]);
    // The same sentence of the same page is reported once.
    expect(reports).toBe(3);
  });

  it("a page may hold 64 ports, no more, and a new one when it gave one back", (context) => {
    const { atTheLimit, above, again } = of(context, "too many ports");
    expect([atTheLimit, again]).toEqual([answered, answered]);
    expect(above).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  });

  it("G-01 M-15 a name is only a name, and taken once", (context) => {
    expect(of(context, "a taken name")).toBe("FAILED_PRECONDITION");
  });
});
