import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { pathToFileURL } from "node:url";

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A language server over its standard streams, as an editor talks to it. */
export class LanguageServer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #buffer = Buffer.alloc(0);
  #lastId = 0;

  constructor(command: string, args: readonly string[], cwd: string) {
    this.#process = spawn(command, args, { cwd });
    this.#process.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#process.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the language server has gone"));
    });
  }

  async open(folder: string): Promise<void> {
    const rootUri = pathToFileURL(folder).href;
    await this.ask("initialize", {
      processId: process.pid,
      rootUri,
      capabilities: { textDocument: { hover: { contentFormat: ["markdown"] } } },
    });
    this.tell("initialized", {});
  }

  ask(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    this.#write({ jsonrpc: "2.0", id, method, params });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  tell(method: string, params: unknown): void {
    this.#write({ jsonrpc: "2.0", method, params });
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.on("exit", resolve));
    this.#process.kill();
    await gone;
  }

  #write(message: object): void {
    const text = JSON.stringify(message);
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.toString("utf8", 0, end))?.[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const text = this.#buffer.toString("utf8", end + 4, end + 4 + length);
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#take(JSON.parse(text) as Answer);
    }
  }

  #take({ id, method, result, error }: Answer): void {
    if (id === undefined) return;
    // What the server asks of its editor gets an empty answer.
    if (method !== undefined) return this.#write({ jsonrpc: "2.0", id, result: null });
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(JSON.stringify(error)));
  }
}
