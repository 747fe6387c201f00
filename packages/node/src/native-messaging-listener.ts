import {
  type CloseReason,
  checkTransportOptions,
  cloneInPieces,
  defineTransport,
  type Listener,
  RpcError,
  type Transport,
  type TransportEvents,
  type TransportPort,
} from "@portolan/protocol";
import { BytePort } from "./byte-port.ts";
import { ExitProofOutput } from "./exit-proof-output.ts";
import { NativeFrames } from "./native-frames.ts";
import { refAll } from "./refable.ts";
import { claimStdout } from "./stdout-claim.ts";

/** Options of {@link nativeMessagingListener}. */
export interface NativeMessagingOptions {
  /** Treat the extension like our own code. Default false. */
  readonly trusted?: boolean;
  /**
   * The extensions that may connect, as `"chrome-extension://<id>/"` (Chromium's
   * first argument) or `"name@example.org"` (Firefox's second). The browser checks
   * the host's manifest too. Default: those that the browser lets in.
   */
  readonly allow?: readonly string[];
}

/**
 * The side of a native messaging host, which a browser starts for an extension
 * that calls `runtime.connectNative`
 * (https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging).
 * One transport arrives: the extension, over standard input and output. Its peer is
 * `{ kind: "extension", origin }`.
 *
 * While it is open, what else is printed goes to standard error. Throws a TypeError for an `allow` that is no list, or
 * holds an origin without its slash.
 */
export function nativeMessagingListener(options: NativeMessagingOptions = {}): Listener {
  checkTransportOptions(options, ["allow"]);
  checkAllow(options.allow);
  return {
    address: undefined,
    ready: Promise.resolve(),
    accept(arrive, report) {
      const origin = originOf(process.argv.slice(2));
      if (options.allow && !options.allow.includes(origin ?? "")) {
        report(
          new RpcError("PERMISSION_DENIED", `refused the extension ${JSON.stringify(origin)}`, { delivered: "no" }),
        );
        process.stdin.destroy();
        return;
      }
      arrive(openExtension(options.trusted ?? false, origin));
    },
    async close() {},
  };
}

function checkAllow(allow: unknown): void {
  if (allow === undefined || (Array.isArray(allow) && allow.every(isExtension))) return;
  const expected = 'a list such as ["chrome-extension://<id>/", "name@example.org"]';
  throw new TypeError(`expected allow to be ${expected}, got ${JSON.stringify(allow)}`);
}

/** Browsers write origins with a slash at the end, so one without would let nobody in. */
function isExtension(name: unknown): boolean {
  return typeof name === "string" && name !== "" && (!name.includes("://") || name.endsWith("/"));
}

/** Chromium tells the origin first; Firefox the manifest's path, then the id. */
function originOf([first, second]: readonly string[]): string | undefined {
  return first?.includes("-extension://") ? first : (second ?? first);
}

/** Browsers take 1 MiB from a host. A UTF-16 unit is up to six bytes of JSON; what has more of them goes in pieces. */
const longestMessage = 160 * 1024;

function openExtension(trusted: boolean, origin: string | undefined): Transport {
  return defineTransport({
    traits: { carries: "json", maxMessage: longestMessage, trusted },
    codec: cloneInPieces(),
    peer: { kind: "extension", origin },
    port: process.stdin,
    open: (events) => new NativePort(events),
  });
}

class NativePort implements TransportPort {
  readonly #frames = new NativeFrames();
  readonly #bytes: BytePort;
  readonly #output: ExitProofOutput;
  readonly #giveBack: () => void;

  constructor(events: TransportEvents) {
    const claim = claimStdout();
    this.#giveBack = claim.giveBack;
    this.#output = new ExitProofOutput(process.stdout, claim.write, {
      writable: () => events.writable(),
      failed: (error) => events.end(endings.failed(error)),
    });
    const bytesEvents = { ...events, message: (chunk: unknown) => this.#arrived(chunk as Uint8Array, events) };
    this.#bytes = new BytePort({ input: process.stdin, output: process.stdout }, bytesEvents, endings);
  }

  send(message: unknown): void {
    this.#output.send(this.#frames.encode(message));
  }

  blocked(): boolean {
    return this.#output.blocked;
  }

  hold(busy: boolean): void {
    refAll([process.stdin], busy);
  }

  close(): void {
    this.#bytes.detach();
    this.#output.close();
    this.#giveBack();
    refAll([process.stdin], false);
  }

  #arrived(chunk: Uint8Array, events: TransportEvents): void {
    try {
      for (const message of this.#frames.decode(chunk)) events.message(message);
    } catch (cause) {
      const { code, message } = RpcError.from(cause, "PROTOCOL_ERROR");
      events.end({ code, message, by: "local", cause });
    }
  }
}

const endings = {
  inputEnded: { code: "UNAVAILABLE", message: "the extension disconnected", by: "remote" },
  failed: (cause: Error): CloseReason => ({
    code: "UNAVAILABLE",
    message: `the streams broke: ${cause.message}`,
    by: "platform",
    cause,
  }),
} as const;
