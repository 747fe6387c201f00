import { type Listener, RpcError, type Transport } from "@portolan/protocol";
import { mainPortTransport } from "../ports/main-port-transport.ts";
import { type Allow, allowRule } from "./allow.ts";
import { deskListener } from "./desk-listener.ts";
import { portHasClosed, type Tenant, tenancy } from "./documents.ts";
import type { FrameRequest } from "./frame-shapes.ts";
import { atFrontDesk, welcome } from "./front-desk.ts";
import { openPeerDesk } from "./peer-desk.ts";

/** Whom to let in. */
export interface RendererListenerOptions {
  /**
   * Which pages may talk to main. Required, because Electron sends every page's messages to the same place.
   * An origin (`"https://app.example"`, `"app://bundle"`), a URL (exactly that path; everything below it if it ends in
   * a slash), the absolute path of a file that was loaded, a list of these, or a function of the frame.
   */
  readonly allow: Allow;
  /** Whether frames inside pages may connect too, if `allow` lets them. Default false: main frames only. */
  readonly subframes?: boolean;
  /** Whether `<webview>` guests may connect, if `allow` lets them. Default false. */
  readonly webviews?: boolean;
  /** Tells several listeners of one app apart: `mainTransport({ name })` asks for one. Default `"main"`. */
  readonly name?: string;
  /** Whether the pages are as trusted as main itself. Default false: limits apply, and what goes wrong in main stays there. */
  readonly trusted?: boolean;
}

/**
 * Hears the pages of this app. In each of them `mainTransport()` or `mainConnector()` connects, by way of the preload
 * (see `registerPreload`). Serve it: `serve(rendererListener({ allow }), api)`.
 *
 * Every session is bound to the document that asked: when that is reloaded or navigates, crashes, or its window
 * closes, the session ends at once with that reason, and a new document gets a new one. `peer` carries `webContents`,
 * `frame`, `window`, `origin` and `url`. Who is not allowed gets PERMISSION_DENIED, reaches nothing, and is reported.
 *
 * `ready` rejects with FAILED_PRECONDITION if the name is taken. Throws a TypeError for an `allow` that says nothing.
 * Electron's rules: https://www.electronjs.org/docs/latest/tutorial/security#17-validate-the-sender-of-all-ipc-messages
 */
export function rendererListener(options: RendererListenerOptions): Listener {
  const policy = policyOf(options);
  const { name = "main", trusted = false } = options;
  return deskListener(name, (arrive, report) => {
    const take = (request: FrameRequest): void => {
      policy(request);
      arrive(admit(request, trusted));
    };
    const leaveDesk = atFrontDesk({ to: "main", name, take, report });
    // Pages may wait for `connectFrames` before main calls it.
    const closePeers = openPeerDesk();
    return () => {
      leaveDesk();
      closePeers();
    };
  });
}

/** Throws for who may not come in. */
function policyOf({
  allow,
  subframes = false,
  webviews = false,
}: Partial<RendererListenerOptions> = {}): (asked: FrameRequest) => void {
  if (allow === undefined) throw new TypeError("expected { allow }: the pages that may talk to main");
  const allowed = allowRule(allow);
  return ({ frame, webContents, url }) => {
    const shown = url.slice(0, 256);
    if (!webviews && webContents.getType() === "webview") throw denied(`${shown} is a <webview>`);
    if (!subframes && frame.parent !== null) throw denied(`${shown} is a frame inside a page`);
    if (!allowed(frame)) throw denied(`${shown} is not allowed`);
  };
}

function denied(why: string): RpcError {
  return new RpcError("PERMISSION_DENIED", `this page may not talk to main: ${why}`, { delivered: "no" });
}

/** Makes a page's port a transport that lives as long as its document. */
function admit({ port, name, ...details }: FrameRequest, trusted: boolean): Transport {
  const { webContents, frame } = details;
  let end: Tenant["end"] = () => {};
  const tenant: Tenant = { frameTreeNodeId: frame.frameTreeNodeId, end: (reason) => end(reason) };
  const leave = tenancy(webContents, tenant);
  welcome(port);
  const transport = mainPortTransport(port, {
    peer: { kind: "electron-frame", name, ...details },
    trusted,
    explain: () => portHasClosed(webContents, tenant),
    ended: leave,
  });
  end = (reason) => transport.close(reason);
  return transport;
}
