import type { Listener, Transport } from "@portolan/protocol";
import { mainPortTransport } from "../ports/main-port-transport.ts";
import { deskListener } from "./desk-listener.ts";
import { portHasClosed, type Tenant, tenancy } from "./documents.ts";
import { framePolicy, type RendererListenerOptions } from "./frame-policy.ts";
import type { FrameRequest } from "./frame-shapes.ts";
import { atFrontDesk, welcome } from "./front-desk.ts";
import { openPeerDesk } from "./peer-desk.ts";

/**
 * Hears the pages of this app. In each of them `mainTransport()` or `mainConnector()` connects, by way of the preload
 * (see `registerPreload`). Serve it: `serve(rendererListener({ allow }), api)`.
 *
 * Every session is bound to the document that asked: when that is reloaded or navigates, crashes, or its window
 * closes, the session ends at once with that reason, and a new document gets a new one. `peer` carries `webContents`,
 * `frame`, `window`, `origin` and `url`. Who is not allowed gets PERMISSION_DENIED, reaches nothing, and is reported.
 *
 * `ready` rejects with FAILED_PRECONDITION if the name is taken. Throws a TypeError for an `allow` that says nothing,
 * and for options that would be passed over or taken for others.
 * Electron's rules: https://www.electronjs.org/docs/latest/tutorial/security#17-validate-the-sender-of-all-ipc-messages
 */
export function rendererListener(options: RendererListenerOptions): Listener {
  const policy = framePolicy(options);
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
