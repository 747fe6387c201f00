/**
 * The globals that every JavaScript runtime shares, as far as Portolan uses them.
 * The lower floors compile with these alone, so that nothing of one platform
 * slips in. Never published: emitted declarations use the names of the reader's
 * own platform types (DOM or @types/node).
 */

interface EventTarget {
  addEventListener(type: string, listener: (event: never) => void, options?: { once?: boolean }): void;
  removeEventListener(type: string, listener: (event: never) => void): void;
}

interface AbortSignal extends EventTarget {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}
declare var AbortSignal: { prototype: AbortSignal; abort(reason?: unknown): AbortSignal };

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare var AbortController: { prototype: AbortController; new (): AbortController };

interface DOMException extends Error {
  readonly code: number;
}
declare var DOMException: { prototype: DOMException; new (message?: string, name?: string): DOMException };

declare function setTimeout(callback: () => void, ms?: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T, options?: { transfer?: readonly object[] }): T;
declare function btoa(text: string): string;
declare function atob(text: string): string;

declare var console: {
  error(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  log(...values: unknown[]): void;
};
declare var performance: { now(): number };
declare var crypto: { getRandomValues<T extends Uint8Array | Uint32Array>(array: T): T; randomUUID(): string };

interface TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder };
interface TextDecoder {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}
declare var TextDecoder: { prototype: TextDecoder; new (label?: string, options?: { fatal?: boolean }): TextDecoder };

interface ReadableStreamDefaultReader<R = unknown> {
  read(): Promise<{ done: false; value: R } | { done: true; value: R | undefined }>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}
interface ReadableStreamDefaultController<R = unknown> {
  readonly desiredSize: number | null;
  enqueue(chunk: R): void;
  close(): void;
  error(reason?: unknown): void;
}
interface ReadableStream<R = unknown> {
  readonly locked: boolean;
  getReader(): ReadableStreamDefaultReader<R>;
  cancel(reason?: unknown): Promise<void>;
}
declare var ReadableStream: {
  prototype: ReadableStream;
  new <R = unknown>(
    source?: {
      start?(controller: ReadableStreamDefaultController<R>): void | Promise<void>;
      pull?(controller: ReadableStreamDefaultController<R>): void | Promise<void>;
      cancel?(reason: unknown): void | Promise<void>;
    },
    strategy?: { highWaterMark?: number },
  ): ReadableStream<R>;
};
interface WritableStreamDefaultWriter<W = unknown> {
  readonly closed: Promise<unknown>;
  readonly ready: Promise<unknown>;
  write(chunk?: W): Promise<void>;
  close(): Promise<void>;
  abort(reason?: unknown): Promise<void>;
  releaseLock(): void;
}
interface WritableStream<W = unknown> {
  readonly locked: boolean;
  getWriter(): WritableStreamDefaultWriter<W>;
  abort(reason?: unknown): Promise<void>;
  close(): Promise<void>;
}
declare var WritableStream: {
  prototype: WritableStream;
  new <W = unknown>(
    sink?: {
      write?(chunk: W): void | Promise<void>;
      close?(): void | Promise<void>;
      abort?(reason: unknown): void | Promise<void>;
    },
    strategy?: { highWaterMark?: number },
  ): WritableStream<W>;
};
