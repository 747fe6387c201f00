import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ExtensionBrowser, missing } from "./harness/browser.ts";
import { buildExtension } from "./harness/build-extension.ts";
import { launchChromium } from "./harness/chromium.ts";
import { inScript, resultOf } from "./harness/command.ts";
import { launchFirefox } from "./harness/firefox.ts";
import { idOfFolder } from "./harness/main-extension.ts";

const firefoxId = "native@portolan.test";
const source = (name: string): string => fileURLToPath(new URL(`./native/${name}`, import.meta.url));
/** A program of its own, with the listener of `@portolan/node`; that package and this one do not know each other. */
const host = fileURLToPath(new URL("../../../tests/fixtures/native-host.mjs", import.meta.url));
let folder = "";
let home = "";

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "portolan-home-"));
  folder = await buildExtension({
    scripts: { background: source("background.ts"), page: source("page.ts") },
    pages: { options: "page" },
    manifest: {
      name: "Portolan native test",
      version: "1.0",
      manifest_version: 3,
      permissions: ["nativeMessaging"],
      background: { service_worker: "background.js", scripts: ["background.js"] },
      browser_specific_settings: { gecko: { id: firefoxId } },
    },
  });
});

afterEach(() => {
  for (const one of [folder, home]) rmSync(one, { recursive: true, force: true, maxRetries: 5 });
});

describe.each(["chromium", "firefox"] as const)(
  "O-24 a native host in Node, started by %s",
  { timeout: 120_000 },
  (kind) => {
    it("is called and calls back, with messages of any size, tells of its death, and is missed when it is not there", async (context) => {
      const absent = missing(kind);
      if (absent) context.skip(absent);
      const browser = kind === "chromium" ? await chromiumWithHost() : await firefoxWithHost();
      try {
        const page = await browser.openOwn("options.html");
        expect(resultOf(await inScript(page, "talk"))).toMatchObject({
          bytes: [3, 2, 1],
          lengths: [1, 2],
          pid: expect.any(Number),
          kind: "extension-native-host",
          caller: kind === "chromium" ? `chrome-extension://${browser.extensionId}/` : firefoxId,
        });
        // Browsers take 1 MiB from a host and 64 MiB towards it: what is more goes in pieces, both ways.
        expect(resultOf(await inScript(page, "large"))).toEqual({ there: 15_000_000, back: 3_000_000, right: true });
        expect(resultOf(await inScript(page, "death"))).toBe("UNAVAILABLE");
        expect(await inScript(page, "nobody")).toMatchObject({
          error: { code: "UNAVAILABLE", message: expect.stringMatching(/not found|No such native application/) },
        });
      } finally {
        await browser.close();
      }
    });
  },
);

function chromiumWithHost(): Promise<ExtensionBrowser> {
  installHost(join(home, "NativeMessagingHosts"), { allowed_origins: [`chrome-extension://${idOfFolder(folder)}/`] });
  return launchChromium([folder], { userDataDir: home });
}

function firefoxWithHost(): Promise<ExtensionBrowser> {
  installHost(join(home, ".mozilla/native-messaging-hosts"), { allowed_extensions: [firefoxId] });
  return launchFirefox(folder, { id: firefoxId, home });
}

/** Where the browser looks for hosts, one that it may start for us. */
function installHost(at: string, allowed: object): void {
  mkdirSync(at, { recursive: true });
  const script = join(home, "host.sh");
  writeFileSync(script, `#!/bin/sh\nexec "${process.execPath}" "${host}" "$@"\n`);
  chmodSync(script, 0o755);
  const name = "org.portolan.test";
  writeFileSync(
    join(at, `${name}.json`),
    JSON.stringify({ name, description: "a test", path: script, type: "stdio", ...allowed }),
  );
}
