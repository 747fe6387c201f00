import {
  type Backoff,
  type ConnectorOptions,
  checkTransportOptions,
  defineConnector,
  RpcError,
  type SessionSource,
  type Transport,
} from "@portolan/protocol";
import { untilActivated } from "./document-activation.ts";
import { type ExtensionApi, extensionApi, type RuntimePortLike } from "./extension-api.ts";
import { needed } from "./needed.ts";
import { dialPort } from "./port-dial.ts";
import { portNameOf, type Speaker } from "./port-name.ts";

/** How {@link runtimeConnector} dials. */
export interface RuntimeConnectorOptions extends ConnectorOptions {
  /**
   * Dials when there is something to send, and not before: a background that stopped as idle stays asleep. False stays
   * connected, which wakes it again at once. Default true.
   */
  readonly lazy?: boolean;
  /**
   * The name of the listener to dial, such as that of an open popup. Default `"background"`. With a name or an
   * `extensionId`, `whileDown` is `"reject"`: a call that finds nobody there rejects with UNAVAILABLE, and the next one
   * looks again.
   */
  readonly to?: string;
  /** Dial another extension; from a web page, the extension that lists it in `externally_connectable`. Default: our own. */
  readonly extensionId?: string;
  /**
   * While calls are pending, post something every so many milliseconds, so that the other end's service worker or event
   * page is not stopped as idle in the middle of a long call. 20 000 suits both browsers. Default: nothing is kept awake.
   */
  readonly keepAlive?: number;
  /** Whether the other end is as trusted as our own code. Default: true for our own extension, false for another. */
  readonly trusted?: boolean;
}

/**
 * Connects a popup, options page, side panel, devtools page, offscreen document
 * or content script to the background, or to any context that serves
 * `runtimeListener({ name })`; a content script cannot be dialled like this (see `tabTransport`).
 *
 * Dialling wakes the background. When it dies, calls in flight reject with
 * UNAVAILABLE, and it is dialled again. FAILED_PRECONDITION is final: the
 * extension was reloaded, updated or removed, and this context is of the old one.
 * So it is where there is no extension platform, and so is PERMISSION_DENIED: the listener does not allow this sender. A prerendered
 * document dials when it is shown.
 */
export function runtimeConnector(options: RuntimeConnectorOptions = {}): SessionSource {
  checkTransportOptions(options, ["to", "extensionId", "keepAlive"]);
  const dial = patientDial((abort, patience) => dialRuntime(options, "context", { signal: abort, patience }));
  // Nobody wakes what is not our background: it is open now, or it is not.
  const whileDown =
    (options.to ?? "background") === "background" && options.extensionId === undefined ? "wait" : "reject";
  return defineConnector(dial, { lazy: true, whileDown, backoff: nearby, ...options });
}

/** Waits longer each time that nobody answered, from one second to ten: a port may be lost, or a background slow to start. */
export function patientDial(
  dial: (signal: AbortSignal, patience: number) => Promise<Transport>,
): (signal: AbortSignal) => Promise<Transport> {
  let patience = 1000;
  return async (signal) => {
    const mine = patience;
    patience = Math.min(patience * 2, 10_000);
    const transport = await dial(signal, mine);
    patience = 1000;
    return transport;
  };
}

/** The other end is in the same browser: it is there at once, or it is not. */
const nearby: Backoff = { first: 20, longest: 2000 };

/** What one dial needs to know. */
export type DialRuntimeOptions = Pick<RuntimeConnectorOptions, "to" | "extensionId" | "keepAlive" | "trusted">;

/** Dials once. Rejects as {@link dialPort} does, and with FAILED_PRECONDITION when the extension is gone. */
export async function dialRuntime(
  options: DialRuntimeOptions,
  speaker: Speaker,
  waiting: { readonly signal: AbortSignal; readonly patience: number },
): Promise<Transport> {
  const { to = "background", extensionId, keepAlive } = options;
  await untilActivated(waiting.signal);
  const kind =
    extensionId !== undefined ? "extension-foreign" : to === "background" ? "extension-background" : "extension-page";
  return dialPort(connect(to, extensionId, speaker), {
    gone: extensionId === undefined ? `the extension's "${to}"` : `"${to}" of extension ${extensionId}`,
    peer: { kind, name: to, extensionId },
    trusted: options.trusted ?? extensionId === undefined,
    keepAlive,
    ...waiting,
  });
}

function connect(to: string, extensionId: string | undefined, speaker: Speaker): RuntimePortLike {
  const { runtime } = needed(extensionApi);
  const info = { name: portNameOf(to, speaker) };
  try {
    return (extensionId === undefined ? runtime.connect(info) : runtime.connect(extensionId, info)) as RuntimePortLike;
  } catch (cause) {
    throw extensionId === undefined && isInvalidated(runtime) ? invalidated(cause) : cause;
  }
}

function isInvalidated(runtime: ExtensionApi["runtime"]): boolean {
  try {
    return runtime.id === undefined;
  } catch {
    return true; // even asking is refused now
  }
}

function invalidated(cause: unknown): RpcError {
  const why = "the extension was reloaded, updated or removed: this context belongs to the old one, and stops";
  return new RpcError("FAILED_PRECONDITION", why, { cause, delivered: "no" });
}
