import type { Remote, Session, SessionOptions, SessionStats, Transport } from "@portolan/protocol";

/** What the far side of the matrix exposes (`fixtures/fault-far.mjs`). */
export interface FaultApi {
  never(): Promise<never>;
  hang(key: string): Promise<never>;
  log(): string[];
  echo(value: unknown): unknown;
  count(key: string): number;
  counted(key: string): number;
  later<T>(ms: number, value: T): Promise<T>;
  /** Gives one item, then waits for ever. */
  once(): AsyncGenerator<number>;
  endless(key: string): AsyncGenerator<number>;
  exit(code: number): void;
  replyThenExit(): string;
  abort(): void;
  crash(): void;
  fill(): void;
  spin(ms: number): void;
  bye(): void;
  drain(ms: number): void;
  cut(): void;
  reset(): void;
  noise(): void;
  half(): void;
  stats(): SessionStats;
}

/** A far side that has just been started, and a session with it. */
export interface Pair {
  readonly session: Session<Remote<FaultApi>>;
  readonly remote: Remote<FaultApi>;
  /** Sends a signal to the far process; undefined where it is a thread or this process. */
  readonly signal?: (name: "SIGKILL" | "SIGSTOP" | "SIGCONT") => void;
  /** Ends the far side from outside, as `terminate()` does. */
  readonly terminate?: () => unknown;
  /** Ends everything. */
  end(): Promise<void>;
}

/** How the near side is opened. */
export interface RigOptions extends SessionOptions {
  /** Puts something between the session and the transport. */
  readonly through?: (near: Transport) => Transport;
}

/** One column of the matrix. */
export interface Rig {
  readonly name: string;
  open(options?: RigOptions): Promise<Pair>;
  /** A transport to something that cannot start. */
  broken?(): Transport;
}
