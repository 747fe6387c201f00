import { type Client, createClient, onStatus, status } from "@portolan/client";
import { webSocketConnector } from "@portolan/websocket";
import type { BoardApi } from "../server/api.ts";

/** Connects to the server that the page came from, as long as the page is open. */
export function connect(who: { readonly name: string; readonly colour: string }): Client<BoardApi> {
  const url = new URL("/rpc", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return createClient<BoardApi>(webSocketConnector(url, { backoff: { first: 100, longest: 2_000 } }), {
    metadata: who,
    heartbeat: { interval: 5_000, timeout: 3_000 },
  });
}

/** Shows in the banner how the connection is doing, and nothing while it is well. */
export function tellTruth(client: Client<BoardApi>, banner: HTMLElement): void {
  const show = () => {
    const now = status(client);
    banner.dataset["state"] = now.state;
    banner.classList.toggle("busy", now.state !== "closed");
    banner.textContent = sentence(now);
  };
  onStatus(client, show);
  show();
}

function sentence(now: ReturnType<typeof status>): string {
  switch (now.state) {
    case "connecting":
      return "Connecting…";
    case "lost":
      return "The connection is lost. Trying again; what you do meanwhile is kept and sent then.";
    case "unresponsive":
      return "The server does not answer. Waiting for it.";
    case "closed":
      return `Not connected: ${now.reason.message}. Reload the page to try again.`;
    default:
      return "";
  }
}
