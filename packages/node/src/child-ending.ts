import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import type { CloseReason } from "@portolan/protocol";

/** What is known about the end of a child process. It is the `cause` of the transport's end. */
export interface ChildExit extends Error {
  /** Its exit code; `null` if a signal ended it, or it never started. */
  readonly exitCode: number | null;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null;
  /** The last of what it wrote to standard error, where that is known. */
  readonly stderr: string;
}

/** How a child is watched. */
export interface ChildWatchOptions {
  /** How messages name it, such as `the child process "node worker.js"`. */
  readonly name: string;
  /** The folder that it was to start in, if one was named. */
  readonly cwd?: string | URL | undefined;
  /** What says that nothing more will come from it: `"close"` of its streams, or `"disconnect"` of its channel. */
  readonly lastEvent: "close" | "disconnect";
  /** The last of its standard error. */
  stderr(): string;
  /** It has ended, and what it sent before has arrived. */
  ended(reason: CloseReason): void;
}

/** How long, in milliseconds, an exited child's last messages may take, or the exit of one that fell silent. */
const patience = 100;

/** Waits for the end of a child process, and tells once: with its exit code, signal and last words. */
export class ChildWatch {
  readonly #child: ChildProcess;
  readonly #options: ChildWatchOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #suspicion: CloseReason | undefined;

  constructor(child: ChildProcess, options: ChildWatchOptions) {
    this.#child = child;
    this.#options = options;
    child.on("exit", this.#exited);
    child.on(options.lastEvent, this.#wentSilent);
    child.on("error", this.#failed);
    if (hasExited(child)) this.#exited();
  }

  /** Nothing can be said to the child, or nothing heard from it. If it has not exited soon, that is the reason. */
  suspect(reason: CloseReason): void {
    this.#suspicion ??= reason;
    this.#timer ??= setTimeout(this.#tell, patience);
  }

  /** Takes every listener and timer away. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#child.off("exit", this.#exited);
    this.#child.off(this.#options.lastEvent, this.#wentSilent);
    this.#child.off("error", this.#failed);
  }

  readonly #exited = (): void => {
    if (this.#options.lastEvent === "disconnect" && !this.#child.connected) this.#tell();
    else this.#timer ??= setTimeout(this.#tell, patience);
  };

  readonly #wentSilent = (): void => {
    if (hasExited(this.#child)) this.#tell();
    else this.suspect({ code: "UNAVAILABLE", message: `${this.#options.name} closed its channel`, by: "remote" });
  };

  readonly #failed = (error: Error): void => {
    // Later failures, to kill it or to send to it, are no end.
    if (this.#child.pid !== undefined) return;
    this.stop();
    this.#options.ended(couldNotStart(error, this.#options));
  };

  readonly #tell = (): void => {
    this.stop();
    const { ended } = this.#options;
    if (hasExited(this.#child) || !this.#suspicion) ended(reasonOf(this.#child, this.#options));
    else ended(this.#suspicion);
  };
}

/** True once a child has exited. */
export function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function reasonOf(child: ChildProcess, { name, stderr }: ChildWatchOptions): CloseReason {
  const { exitCode, signalCode: signal } = child;
  const words = stderr().trimEnd();
  const message = `${name} ${howItEnded(exitCode, signal)}${words && `; its last words:\n${words}`}`;
  const cause: ChildExit = Object.assign(new Error(message), { exitCode, signal, stderr: words });
  return { code: "UNAVAILABLE", message, by: "platform", cause };
}

function howItEnded(exitCode: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `was ended by ${signal}`;
  return exitCode === null ? "ended" : `exited with code ${exitCode}`;
}

function couldNotStart(error: NodeJS.ErrnoException, { name, cwd }: ChildWatchOptions): CloseReason {
  const cause = Object.assign(error, { exitCode: null, signal: null, stderr: "" });
  const message = `${name} could not be started: ${error.message}${remedy(error, cwd)}`;
  return { code: "UNAVAILABLE", message, by: "platform", cause, delivered: "no" };
}

/** Node says ENOENT of the command also when it is the folder that is missing. */
function remedy({ code }: NodeJS.ErrnoException, cwd: string | URL | undefined): string {
  if (code !== "ENOENT") return "";
  return cwd !== undefined && !existsSync(cwd) ? ` (there is no folder ${cwd})` : " (is it installed, and in PATH?)";
}
