import puppeteer, { type Browser, type CDPSession, type WebWorker } from "puppeteer-core";
import { chromePath, type ExtensionBrowser, firstStart, opened, protocolTimeout } from "./browser.ts";

/** As root, and where /dev/shm is as small as in containers. */
const chromiumArguments = ["--no-sandbox", "--disable-dev-shm-usage"];

/** How Chromium is driven. */
export interface ChromiumOptions {
  /** Leaves web pages alone: a page that is inspected does not prerender. Default false. */
  readonly unseenPages?: boolean;
  /** Opens the developer tools beside each page, which needs a display. Default false. */
  readonly devtools?: boolean;
  /** Its profile. Default: a fresh one. */
  readonly userDataDir?: string;
}

/** Starts Chromium with extensions, the first of which is the one under test. */
export async function launchChromium(
  folders: readonly string[],
  options: ChromiumOptions = {},
): Promise<ExtensionBrowser> {
  const browser = await launch(folders, options);
  const first = await browser.waitForTarget((target) => isBackground(target.type(), target.url()), {
    timeout: firstStart,
  });
  const extensionId = new URL(first.url()).host;
  const session = await browser.target().createCDPSession();
  const worker = () => workerOf(browser, extensionId);
  return {
    kind: "chromium",
    extensionId,
    browser,
    worker,
    async leaveWorkerAlone() {
      // What puppeteer asks for, less the service workers, whose start it would hold up.
      await session.connection()?.send("Target.setAutoAttach", {
        autoAttach: true,
        waitForDebuggerOnStart: true,
        flatten: true,
        filter: [{ type: "service_worker", exclude: true }, { type: "page", exclude: true }, {}],
      });
      await (await worker()).close().catch(() => undefined);
    },
    workerRuns: async () => (await backgrounds(session)).length > 0,
    async killWorker() {
      const running = await backgrounds(session);
      if (running.length === 0) throw new Error("there is no service worker to kill");
      for (const { targetId } of running) await session.send("Target.closeTarget", { targetId });
    },
    async openUnseen(url) {
      await session.send("Target.createTarget", { url });
    },
    open: (url) => opened(browser, url),
    openOwn: (path) => opened(browser, `chrome-extension://${extensionId}/${path}`),
    close: () => browser.close(),
  };
}

async function workerOf(browser: Browser, extensionId: string): Promise<WebWorker> {
  const target = await browser.waitForTarget(
    (one) => isBackground(one.type(), one.url()) && new URL(one.url()).host === extensionId,
  );
  const found = await target.worker();
  if (!found) throw new Error("the service worker has gone");
  return found;
}

async function backgrounds(session: CDPSession): Promise<readonly { readonly targetId: string }[]> {
  const { targetInfos } = await session.send("Target.getTargets", { filter: [{}] });
  return targetInfos.filter((one) => isBackground(one.type, one.url));
}

function launch(folders: readonly string[], options: ChromiumOptions): Promise<Browser> {
  return puppeteer.launch({
    executablePath: chromePath,
    headless: !options.devtools,
    devtools: options.devtools ?? false,
    pipe: true,
    enableExtensions: [...folders],
    // A headed one would paint in software, and slowly.
    args: options.devtools ? [...chromiumArguments, "--disable-gpu"] : chromiumArguments,
    timeout: firstStart,
    protocolTimeout,
    ...(options.userDataDir === undefined ? {} : { userDataDir: options.userDataDir }),
    ...(options.unseenPages ? { waitForInitialPage: false, targetFilter: (target) => target.type() !== "page" } : {}),
  });
}

function isBackground(type: string, url: string): boolean {
  return type === "service_worker" && url.endsWith("/background.js");
}
