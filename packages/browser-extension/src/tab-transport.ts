import {
  type CloseReason,
  cloneInPieces,
  defineTransport,
  type Transport,
  type TransportEvents,
  type TransportPort,
} from "@portolan/protocol";
import { extensionApi, type RuntimePortLike } from "./extension-api.ts";
import { parseHandshake } from "./handshake.ts";
import { carriageOf, type PortCarriage } from "./port-carriage.ts";
import { openLine, type PortLine } from "./port-line.ts";
import { portNameOf } from "./port-name.ts";
import { carryFrames, portTraits } from "./port-transport.ts";

/** Which document of a tab {@link tabTransport} speaks to. */
export interface TabTransportOptions {
  /** The frame. Default 0, the top frame: a whole tab would answer with many voices. */
  readonly frameId?: number;
  /** The document; another one in the same frame is not meant. Default: whichever is there. */
  readonly documentId?: string;
  /** The name of the content script's listener. Default `"content"`. */
  readonly name?: string;
  /** Whether the content script is as trusted as our own code. Default false. */
  readonly trusted?: boolean;
}

/**
 * From the background, a popup or a panel to the content script in one document,
 * which serves `runtimeListener({ name: "content", allow: { pages: true } })`.
 *
 * Ends with UNAVAILABLE at once when there is no such tab, frame, document or
 * listener, and when the document goes away. Throws a TypeError where the
 * context has no `tabs`.
 */
export function tabTransport(tabId: number, options: TabTransportOptions = {}): Transport {
  const { documentId, name = "content", trusted = false } = options;
  const frameId = options.frameId ?? (documentId === undefined ? 0 : undefined);
  const target = { ...(frameId === undefined ? {} : { frameId }), ...(documentId === undefined ? {} : { documentId }) };
  const port = connect(tabId, { name: portNameOf(name), ...target });
  const where = `"${name}" in ${[`tab ${tabId}`, ...Object.entries(target).map(([key, id]) => `${key} ${id}`)].join(", ")}`;
  const line = openLine(port, where);
  const carries = carriageOf(port);
  return defineTransport({
    traits: portTraits(carries, trusted),
    codec: cloneInPieces(),
    peer: { kind: "extension-content-script", tabId, name, ...target },
    port,
    open: (events) => untilTaken(line, carries, events),
  });
}

function connect(tabId: number, info: { name: string; frameId?: number; documentId?: string }): RuntimePortLike {
  const { tabs } = extensionApi();
  if (!tabs) throw new TypeError("expected tabs, which only an extension's own pages and background have");
  return tabs.connect(tabId, info) as RuntimePortLike;
}

/** Keeps what is sent until the content script offers itself, as copies: callers may change theirs. */
function untilTaken(line: PortLine, carries: PortCarriage, events: TransportEvents): TransportPort {
  let waiting: unknown[] | undefined = [];
  // Nothing is sent before it is taken.
  line.end = (reason) => events.end({ ...reason, delivered: "no" });
  line.message = (data) => {
    const message = parseHandshake(data);
    if (message?.portolan === "refused") events.end(refused(message.code, message.message));
    if (message?.portolan !== "offer" || !waiting) return;
    line.port.postMessage({ portolan: "take", id: message.id, carries });
    carryFrames(line, events);
    for (const kept of waiting.splice(0)) line.port.postMessage(kept);
    waiting = undefined;
  };
  return {
    send(message) {
      if (waiting) waiting.push(carries === "clone" ? structuredClone(message) : message);
      else line.port.postMessage(message);
    },
    close: () => line.close(),
  };
}

function refused(code: "PERMISSION_DENIED" | "RESOURCE_EXHAUSTED", message: string): CloseReason {
  return { code, message, by: "remote", delivered: "no" };
}
