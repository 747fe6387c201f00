import { type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from "node:child_process";
import { PassThrough, type Writable } from "node:stream";
import {
  type CloseReason,
  checkTransportOptions,
  defineTransport,
  ndjson,
  type Transport,
  type TransportEvents,
  type TransportPort,
} from "@portolan/protocol";
import { BytePort, type BytePortEndings, closing } from "./byte-port.ts";
import { ChildWatch } from "./child-ending.ts";
import { endChild } from "./end-child.ts";
import { refAll } from "./refable.ts";
import { maxByteMessage } from "./socket-transport.ts";
import { StderrTail } from "./stderr-tail.ts";

/** Options of {@link spawnTransport}: those of `spawn`, except for the streams. */
export interface SpawnTransportOptions extends Omit<SpawnOptions, "stdio" | "signal" | "timeout" | "detached"> {
  /** Treat the child like our own code. Default true. */
  readonly trusted?: boolean;
  /** Hears what the child writes to standard error. Default: it is written to ours. */
  readonly onStderr?: (text: string) => void;
  /**
   * Hears a line on standard output that is no message, which is then skipped. Default: a warning on the console for
   * each of the first hundred.
   */
  readonly onStray?: (line: string) => void;
}

/**
 * Starts a command and talks to it over its standard input and output, where it
 * uses `stdioTransport()` or anything else that speaks the codec. The child is
 * ours: closing the transport closes its input, and a child that does not exit on
 * that is killed after two seconds.
 *
 * When the child ends, or could not be started, the transport ends with
 * UNAVAILABLE; its exit code, signal and the end of its standard error are in the
 * message and, as a `ChildExit`, in the cause.
 */
export function spawnTransport(
  command: string,
  args: readonly string[] = [],
  given: SpawnTransportOptions = {},
): Transport {
  if (!Array.isArray(args)) throw new TypeError("expected a command, a list of its arguments, and then options");
  checkTransportOptions(given, ["onStderr", "onStray"]);
  const { trusted = true, onStderr = toOurs, onStray, ...options } = given;
  const child = withStreams(spawn(command, args, { ...options, stdio: ["pipe", "pipe", "pipe"] }));
  const name = `the child process ${JSON.stringify([command, ...args].join(" "))}`;
  return defineTransport({
    traits: { carries: "bytes", framed: false, maxMessage: maxByteMessage, trusted },
    peer: { kind: "child-process", child, pid: child.pid },
    port: child,
    codec: ndjson({ onStray: onStray ?? warnings(name) }),
    open: (events) => new SpawnPort(child, { name, onStderr, cwd: options.cwd }, events),
  });
}

/** Where the system has no file descriptors left, Node makes a child without streams, and tells why a moment later. */
function withStreams(child: ChildProcessWithoutNullStreams): ChildProcessWithoutNullStreams {
  if ((child.stdin as Writable | undefined) !== undefined) return child;
  return Object.assign(child, { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() });
}

/** How many stray lines are warned of: a child that prints without end is not to fill a log. */
const maxWarnings = 100;

function warnings(name: string): (line: string) => void {
  let left = maxWarnings;
  return (line) => {
    if (left-- > 0) console.warn(`portolan: ${name} printed ${JSON.stringify(line)}`);
    if (left === 0) console.warn(`portolan: ${name} prints on: give onStray to hear more of it`);
  };
}

function toOurs(text: string): void {
  process.stderr.write(text);
}

interface SpawnPortOptions {
  readonly name: string;
  readonly onStderr: (text: string) => void;
  readonly cwd: string | URL | undefined;
}

class SpawnPort implements TransportPort {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #bytes: BytePort;
  readonly #stderr: StderrTail;
  readonly #watch: ChildWatch;

  constructor(
    child: ChildProcessWithoutNullStreams,
    { name, onStderr, cwd }: SpawnPortOptions,
    events: TransportEvents,
  ) {
    this.#child = child;
    this.#stderr = new StderrTail(child.stderr, onStderr);
    const watch = new ChildWatch(child, {
      name,
      cwd,
      lastEvent: "close",
      stderr: () => this.#stderr.text,
      ended: (reason) => events.end(reason),
    });
    this.#watch = watch;
    // The streams of a child end before it is known how the child ended, which tells more.
    const bytesEvents = { ...events, end: (reason: CloseReason) => watch.suspect(reason) };
    this.#bytes = new BytePort({ input: child.stdout, output: child.stdin }, bytesEvents, streamEndings(name));
    this.hold(false);
  }

  send(message: unknown): void {
    if (this.#child.stdin.writableEnded || this.#child.stdin.destroyed) throw closing("the child process");
    this.#bytes.send(message);
  }

  blocked(): boolean {
    return this.#bytes.blocked;
  }

  hold(busy: boolean): void {
    refAll([this.#child, this.#child.stdin, this.#child.stdout, this.#child.stderr], busy);
  }

  close(): void {
    this.#watch.stop();
    this.#bytes.detach();
    this.#stderr.detach();
    const { stdin, stdout } = this.#child;
    stdin.on("error", () => stdin.destroy());
    stdout.on("error", () => stdout.destroy()).resume();
    this.hold(false);
    endChild(this.#child, () => void stdin.end());
  }
}

function streamEndings(name: string): BytePortEndings {
  return {
    inputEnded: { code: "UNAVAILABLE", message: `${name} closed its standard output`, by: "remote" },
    failed: (cause) => ({
      code: "UNAVAILABLE",
      message: `the streams of ${name} broke: ${cause.message}`,
      by: "platform",
      cause,
    }),
  };
}
