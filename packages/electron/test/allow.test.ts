import { describe, expect, it } from "vitest";
import { allowRule } from "../src/main/allow.ts";

const frame = (url: string, origin: string): Parameters<ReturnType<typeof allowRule>>[0] => ({ url, origin });
const file = (path: string) => frame(`file://${path}`, "file://");
const web = (url: string) => frame(url, new URL(url).origin);

describe("which pages a policy allows", () => {
  it.each([
    ["a file by its path", "/app/index.html", file("/app/index.html"), true],
    [
      "a file by its URL, whatever its hash and query",
      new URL("file:///app/index.html"),
      file("/app/index.html?a=1#b"),
      true,
    ],
    ["a file with a space in its name", "/app/my page.html", file("/app/my%20page.html"), true],
    [
      "a file whose path Electron writes otherwise than Node",
      "/app [1]/it's 100% ~a^b|c`/\u00fc?#.html",
      file("/app%20[1]/it's%20100%%20~a%5Eb%7Cc%60/%C3%BC%3F%23.html"),
      true,
    ],
    ["a file below a folder with such a path", "/app [1]/", file("/app%20[1]/a.html"), true],
    ["a name that holds an escaped slash", "/app/a/b.html", file("/app/a%2Fb.html"), false],
    ["a name whose escapes are no text", "/app/a.html", file("/app/%ff.html"), false],
    ["a sandboxed frame of the right file", "/app/index.html", frame("file:///app/index.html", "null"), false],
    ["a folder", "/app/", file("/app/deep/index.html"), true],
    ["another file", "/app/index.html", file("/app/index.html.evil"), false],
    ["a file above the folder", "/app/", file("/app/../etc/passwd"), false],
    [
      "a page of the web that has the file's path",
      "/app/index.html",
      web("https://evil.example/app/index.html"),
      false,
    ],
    ["an origin", "https://app.example", web("https://app.example/any/page?x"), true],
    ["an origin with a slash", "http://localhost:5173/", web("http://localhost:5173/settings"), true],
    ["another port", "http://localhost:5173", web("http://localhost:5174/"), false],
    ["a longer host", "https://app.example", web("https://app.example.evil.example/"), false],
    ["a user that looks like the host", "https://app.example", web("https://app.example@evil.example/"), false],
    ["a page by its URL", "https://app.example/a", web("https://app.example/a?b#c"), true],
    ["another page of that origin", "https://app.example/a", web("https://app.example/ab"), false],
    ["what is below a URL with a slash", "https://app.example/a/", web("https://app.example/a/b"), true],
    ["a scheme of the app's own", "app://bundle", frame("app://bundle/index.html", "app://bundle"), true],
    ["that scheme, in capitals", "app://Bundle/a/", frame("app://bundle/a/index.html", "app://bundle"), true],
    ["another host of that scheme", "app://bundle", frame("app://other/index.html", "app://other"), false],
    ["a sandboxed frame of the right URL", "https://app.example", frame("https://app.example/", "null"), false],
    [
      "a blank page that took the origin over",
      "https://app.example",
      frame("about:blank", "https://app.example"),
      true,
    ],
    ["a blank page where a file is allowed", "/app/index.html", frame("about:blank", "file://"), false],
    ["data", "https://app.example", frame("data:text/html,hi", "null"), false],
    ["an empty frame", "/app/index.html", frame("", "null"), false],
  ] as const)("%s", (_title, allow, asked, expected) => {
    expect(allowRule(allow)(asked)).toBe(expected);
  });

  it("a list allows what any of it does, and a function decides by itself, with true and nothing else", () => {
    expect(allowRule(["/app/a.html", "/app/b.html"])(file("/app/b.html"))).toBe(true);
    expect(allowRule(({ url }) => url.endsWith("b.html"))(file("/app/b.html"))).toBe(true);
    expect(allowRule((() => "yes") as never)(file("/app/b.html"))).toBe(false);
  });

  it("a function that throws, or gives a promise, lets nobody in, and the asker does not hear why", () => {
    const thrower = () => {
      throw new Error("the database is down");
    };
    expect(() => allowRule(thrower)(file("/app/b.html"))).toThrow(
      expect.objectContaining({ code: "PERMISSION_DENIED", message: expect.not.stringContaining("database") }),
    );
    for (const slow of [async () => true, () => Promise.reject(new Error("unheard"))]) {
      expect(() => allowRule(slow as never)(file("/app/b.html"))).toThrow(/has to answer at once/);
    }
  });

  it.each(["localhost:5173", "app.example.com:8080", "about:blank", "data:text/html,hi", "blob:https://app.example/1"])(
    "%s names no page: the error says what would",
    (allow) => {
      expect(() => allowRule(allow)).toThrow(/with a host: https:\/\/app.example, app:\/\/bundle; got "/);
    },
  );

  it.each([[[]], ["index.html"], [""], [[undefined]], [{}]])("a policy of %j is a TypeError", (allow) => {
    expect(() => allowRule(allow as never)).toThrow(TypeError);
  });
});
