import type { CloseReason } from "@portolan/protocol";
import { extensionApi, type RuntimePortLike } from "./extension-api.ts";
import { whenPageHides } from "./page-hide.ts";

/**
 * One runtime port with one listener for messages and one for its end, whoever
 * hears them at the moment: first the handshake, then the transport.
 */
export interface PortLine {
  readonly port: RuntimePortLike;
  /** Hears each message. */
  message: (message: unknown) => void;
  /** Hears the end, unless this side closed the line. */
  end: (reason: CloseReason) => void;
  /** Set once the platform has ended the port. */
  readonly ended: CloseReason | undefined;
  /** Stops listening, and leaves the port to the others that hear it: in Firefox one that hangs up ends it for all. */
  leave(): void;
  /** Stops listening and disconnects. Calling it twice is quiet. */
  close(): void;
}

/** Listens to a port that is ours to end. `gone` says in the error who is gone. */
export function openLine(port: RuntimePortLike, gone: string): PortLine {
  let ended: CloseReason | undefined;
  const onMessage = (message: unknown): void => line.message(message);
  const onDisconnect = (): void => {
    detach();
    ended = disconnected(port, gone);
    line.end(ended);
  };
  const line: PortLine = {
    port,
    message: nothing,
    end: nothing,
    get ended() {
      return ended;
    },
    leave: detach,
    close() {
      detach();
      if (!ended) quietly(() => port.disconnect());
    },
  };
  const onHide = (): void => {
    const hidden: CloseReason = { code: "UNAVAILABLE", message: "this page was left", by: "platform" };
    line.close();
    ended ??= hidden;
    line.end(hidden);
  };
  port.onMessage.addListener(onMessage);
  port.onDisconnect.addListener(onDisconnect);
  const stopWatching = whenPageHides(onHide);
  return line;

  function detach(): void {
    stopWatching();
    quietly(() => port.onMessage.removeListener(onMessage));
    quietly(() => port.onDisconnect.removeListener(onDisconnect));
  }
}

/** Posts unless the port is closed: the end of the line is told by `end`, not here. */
export function postQuietly(port: RuntimePortLike, message: unknown): void {
  quietly(() => port.postMessage(message));
}

/** The port is closed, or its extension is gone, and everything on it throws: others tell of that. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // "Attempt to postMessage on disconnected port", "Extension context invalidated".
  }
}

function nothing(): void {}

function disconnected(port: RuntimePortLike, gone: string): CloseReason {
  const why = port.error?.message ?? lastError();
  const message =
    why === undefined ? `${gone} is gone: its port was disconnected` : `${gone} cannot be reached: ${why}`;
  return { code: "UNAVAILABLE", message, by: "platform", ...(why === undefined ? {} : { cause: new Error(why) }) };
}

// Reading it also keeps Chromium from reporting "Unchecked runtime.lastError".
function lastError(): string | undefined {
  try {
    return extensionApi().runtime.lastError?.message;
  } catch {
    // The extension is gone, and its API with it.
    return undefined;
  }
}
