import type { Readable, Writable } from "node:stream";
import {
  type CloseReason,
  checkTransportOptions,
  defineTransport,
  ndjson,
  type Transport,
  type TransportEvents,
  type TransportPort,
} from "@portolan/protocol";
import { BytePort, bytesOf } from "./byte-port.ts";
import { ExitProofOutput } from "./exit-proof-output.ts";
import { refAll } from "./refable.ts";
import { maxByteMessage } from "./socket-transport.ts";
import { claimStdout } from "./stdout-claim.ts";

/** Options of {@link stdioTransport}. */
export interface StdioTransportOptions {
  /** Where messages come from. Default: standard input. */
  readonly input?: Readable;
  /** Where messages go. Default: standard output. */
  readonly output?: Writable;
  /** Treat the other end like our own code. Default true over standard input and output, else false. */
  readonly trusted?: boolean;
}

/**
 * The side of a program that another one started, over standard input and output:
 * `serve(stdioTransport(), api)`. The starting side uses `spawnTransport`.
 *
 * While the transport is open, `console.log` and all else that writes to
 * `process.stdout` goes to standard error instead, where it corrupts nothing. What
 * was answered before `process.exit()` still arrives.
 *
 * Ends with UNAVAILABLE when the input ends or nobody reads the output. Streams
 * that you pass stay yours; the ends of the process are nobody's to close.
 */
export function stdioTransport(options: StdioTransportOptions = {}): Transport {
  checkTransportOptions(options, ["input", "output"]);
  const { input = process.stdin, output = process.stdout } = options;
  if (typeof input.pause !== "function" || typeof output.write !== "function") {
    throw new TypeError("expected input to be a readable stream, and output a writable one");
  }
  const own = options.input === undefined && options.output === undefined;
  return defineTransport({
    traits: { carries: "bytes", framed: false, maxMessage: maxByteMessage, trusted: options.trusted ?? own },
    peer: { kind: "stdio" },
    port: input,
    codec: ndjson(),
    open: (events) => new StdioPort(input, output, events),
  });
}

class StdioPort implements TransportPort {
  readonly #input: Readable;
  readonly #bytes: BytePort;
  readonly #standard: { readonly output: ExitProofOutput; giveBack(): void } | undefined;

  constructor(input: Readable, output: Writable, events: TransportEvents) {
    this.#input = input;
    this.#bytes = new BytePort({ input, output }, events, endings);
    if (output === process.stdout) this.#standard = takeStdout(events);
    refAll([input], false);
    if (input.destroyed || input.readableEnded) events.end(endings.inputEnded);
  }

  send(message: unknown): void {
    if (this.#standard) this.#standard.output.send(bytesOf(message));
    else this.#bytes.send(message);
  }

  blocked(): boolean {
    return this.#standard ? this.#standard.output.blocked : this.#bytes.blocked;
  }

  hold(busy: boolean): void {
    refAll([this.#input], busy);
  }

  close(): void {
    this.#bytes.detach();
    this.#standard?.output.close();
    this.#standard?.giveBack();
    refAll([this.#input], false);
  }
}

function takeStdout(events: TransportEvents): { readonly output: ExitProofOutput; giveBack(): void } {
  // What was printed before may be no whole line, which would take our first message for its end.
  const printed = ((process.stdout as { readonly bytesWritten?: number }).bytesWritten ?? 0) > 0;
  const claim = claimStdout();
  const output = new ExitProofOutput(process.stdout, claim.write, {
    writable: () => events.writable(),
    failed: (error) => events.end(endings.failed(error)),
  });
  if (printed) output.send(lineEnd);
  return { output, giveBack: claim.giveBack };
}

const lineEnd = /* @__PURE__ */ new TextEncoder().encode("\n");

const endings = {
  inputEnded: { code: "UNAVAILABLE", message: "the input ended: the other end is gone", by: "remote" },
  failed: (error: Error): CloseReason => ({
    code: "UNAVAILABLE",
    message: `the streams broke: ${error.message}`,
    by: "platform",
    cause: error,
  }),
} as const;
