import {
  type CloseReason,
  checkTransportOptions,
  defineTransport,
  type Transport,
  type TransportEvents,
} from "@portolan/protocol";
import { postToMain } from "../ports/main-port-transport.ts";
import { peerWord, wordIn } from "../words.ts";
import type { Emitter, UtilityProcessLike } from "./frame-shapes.ts";

/** How to talk to a utility process. */
export interface UtilityTransportOptions {
  /** Whether it is as trusted as main. Default true: it runs the app's own code. */
  readonly trusted?: boolean;
}

/**
 * A transport to a utility process; the other end is `parentTransport()` of `@portolan/electron/utility`.
 * The channel is shared with whatever else the app posts to it. It moves ports only.
 *
 * @param child A process, which stays yours: closing the transport does not end it. Or a function that forks one,
 *   which is ours: it is killed when the transport closes.
 * @throws TypeError for what is no such process.
 */
export function utilityTransport(
  child: UtilityProcessLike | (() => UtilityProcessLike),
  options: UtilityTransportOptions = {},
): Transport {
  checkTransportOptions(options);
  const { trusted = true } = options;
  const ours = typeof child === "function";
  const process = ours ? child() : child;
  if (typeof process?.postMessage !== "function") {
    throw new TypeError("expected a child of utilityProcess.fork, or a function that forks one");
  }
  return defineTransport({
    traits: { carries: "clone", moves: "ports", platformObjects: false, shared: true, trusted },
    peer: { kind: "electron-utility", process },
    port: process,
    open(events) {
      const stop = listen(process, events);
      return {
        send: (message, transfer) => postToMain(process, message, transfer),
        close() {
          stop();
          if (ours) process.kill();
        },
      };
    },
  });
}

function listen(process: UtilityProcessLike, events: TransportEvents): () => void {
  const emitter = process as unknown as Emitter;
  let fatal: FatalError | undefined;
  let heard = false;
  const onMessage = (message: unknown): void => {
    heard = true;
    if (wordIn(message, peerWord) === undefined) events.message(message);
  };
  const listeners: readonly (readonly [string, (...details: never[]) => void])[] = [
    ["message", onMessage],
    ["error", (type: string, location: string, report: string) => (fatal = { type, location, report })],
    ["exit", (code: number) => events.end(exited(code, fatal, heard))],
  ];
  for (const [event, listener] of listeners) emitter.on(event, listener);
  return () => {
    for (const [event, listener] of listeners) emitter.off(event, listener);
  };
}

/** What Electron tells of a process that died of V8, such as by an out-of-memory. */
interface FatalError {
  readonly type: string;
  readonly location: string;
  readonly report: string;
}

function exited(code: number, fatal: FatalError | undefined, heard: boolean): CloseReason {
  const why = fatal ? `${fatal.type} at ${fatal.location}, ` : "";
  const remedy = heard ? "" : ` before its first message: is its file there, and does it serve parentTransport()?`;
  const message = `the utility process exited: ${why}code ${code}${remedy}`;
  return { code: "UNAVAILABLE", message, by: "platform", cause: { code, ...fatal } };
}
