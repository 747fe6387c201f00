import { type CloseReason, RpcError } from "@portolan/protocol";
import { parseWorkerWord, type WorkerWord, workerWord } from "../words.ts";
import type { Emitter } from "./frame-shapes.ts";
import { isNews, reportIsolated } from "./news.ts";
import type { ServiceWorkerLike } from "./service-worker-shapes.ts";

/** A service worker that asks for main, on a line of its own. */
export interface WorkerRequest {
  readonly worker: ServiceWorkerLike;
  readonly name: string;
  /** Says something on the line. Throws UNAVAILABLE once the worker has stopped. */
  say(...word: WorkerWord extends readonly [string, ...infer Said] ? Said : never): void;
  /** Gives the line to whoever hears it from now on. Returns the way to give it back. */
  keep(line: WorkerLine): () => void;
}

/** Hears one line. */
export interface WorkerLine {
  text(text: string): void;
  /** The worker hung up, or stopped. Called once. */
  end(reason: CloseReason): void;
}

/** Who takes what service workers ask for. */
export interface WorkerTaker {
  /** Takes the line, or throws the RpcError that refuses it. */
  take(request: WorkerRequest): void;
  /** Hears of what was refused. */
  report(error: unknown): void;
}

/** What a worker is attended with. */
export interface Attendance {
  takerOf(name: string): WorkerTaker | undefined;
  /** Keeps the attendance going while a line is kept. Returns the way to stop. */
  use(): () => void;
}

/** How many lines one worker may hold at a time. */
const maxLines = 64;

/** How many words wait for a worker that starts. */
const maxUnsaid = 4_096;

const stopped: CloseReason = { code: "UNAVAILABLE", message: "the service worker stopped", by: "platform" };
const hungUp: CloseReason = { code: "UNAVAILABLE", message: "the service worker closed its end", by: "remote" };

/** One running service worker: hears what it says, and knows its lines. */
export class AttendedWorker {
  readonly #worker: ServiceWorkerLike;
  readonly #attendance: Attendance;
  readonly #lines = new Map<string, WorkerLine>();
  readonly #hear = (_event: unknown, data: unknown): void => this.#take(data);

  /** What was said while the worker starts: Electron would drop it without a word. `undefined` once it runs. */
  #unsaid: WorkerWord[] | undefined;

  constructor(worker: ServiceWorkerLike, attendance: Attendance, running: boolean) {
    this.#worker = worker;
    this.#attendance = attendance;
    this.#unsaid = running ? undefined : [];
    (worker.ipc as Emitter).on(workerWord, this.#hear as never);
  }

  /** The worker runs now, and hears what is sent to it. */
  run(): void {
    const unsaid = this.#unsaid ?? [];
    this.#unsaid = undefined;
    for (const word of unsaid) this.#worker.send(workerWord, word);
  }

  /** The worker has stopped, or nobody wants it any more. */
  end(): void {
    (this.#worker.ipc as Emitter).off(workerWord, this.#hear as never);
    for (const id of [...this.#lines.keys()]) this.#endLine(id, stopped);
  }

  /** Never throws: an error here would be an uncaught one in main. */
  #take(data: unknown): void {
    const word = parseWorkerWord(data);
    if (!word) return;
    const [id, kind, first = ""] = word;
    if (kind === "connect") this.#connect(id, first);
    if (kind === "text") this.#lines.get(id)?.text(first);
    if (kind === "close") this.#endLine(id, hungUp);
  }

  #connect(id: string, name: string): void {
    if (this.#lines.has(id)) return;
    const taker = this.#attendance.takerOf(name);
    try {
      if (!taker) throw refused("UNAVAILABLE", `nobody in main answers to the name "${name.slice(0, 256)}"`);
      if (this.#lines.size >= maxLines) {
        throw refused("RESOURCE_EXHAUSTED", `a service worker may hold ${maxLines} lines to main at a time`);
      }
      taker.take(this.#request(id, name));
    } catch (error) {
      const refusal = RpcError.from(error);
      this.#refuse(id, refusal);
      if (taker && isNews(this.#worker, refusal.message)) reportIsolated(taker.report, refusal);
    }
  }

  #request(id: string, name: string): WorkerRequest {
    return {
      worker: this.#worker,
      name,
      say: (...word) => this.#say([id, ...word]),
      keep: (line) => this.#keep(id, line),
    };
  }

  #keep(id: string, line: WorkerLine): () => void {
    this.#lines.set(id, line);
    const leave = this.#attendance.use();
    return () => {
      this.#lines.delete(id);
      leave();
    };
  }

  /** Electron tells nobody of what it sends to a worker that has stopped. */
  #say(word: WorkerWord): void {
    if (this.#worker.isDestroyed()) throw refused("UNAVAILABLE", stopped.message);
    if (!this.#unsaid) return this.#worker.send(workerWord, word);
    if (this.#unsaid.length >= maxUnsaid) throw refused("RESOURCE_EXHAUSTED", "the service worker does not start");
    this.#unsaid.push(word);
  }

  #refuse(id: string, { code, message }: RpcError): void {
    try {
      this.#say([id, "refused", code, message]);
    } catch {
      // The worker has stopped, or asks without end while it starts: nobody is left to be told.
    }
  }

  #endLine(id: string, reason: CloseReason): void {
    const line = this.#lines.get(id);
    this.#lines.delete(id);
    line?.end(reason);
  }
}

function refused(code: string, message: string): RpcError {
  return new RpcError(code, message, { delivered: "no" });
}
