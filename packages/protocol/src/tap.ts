import type { Codec, CodecSession } from "./codec.ts";
import { Kind, type Message } from "./message.ts";
import { notASource } from "./not-a-source.ts";
import { parseMessage } from "./parse-message.ts";
import { eachMessage } from "./runs.ts";
import { chooseCodec } from "./session/choose-codec.ts";
import type { Transport } from "./transport.ts";

/** One message that passed a tap. */
export interface TapEntry {
  readonly direction: "out" | "in";
  /** The kind, by name: `"call"`, `"resolve"`, `"items"` … */
  readonly kind: string;
  /** The id that the message names, if any. */
  readonly id: number | undefined;
  /** The path, where the message or the call that it answers has one. */
  readonly path: string | undefined;
  /** About how many bytes the message is. */
  readonly size: number;
  /** Milliseconds since the call, for its answer. */
  readonly duration: number | undefined;
  /** The message itself. Not to be changed. */
  readonly message: unknown;
}

/** How {@link tap} listens. */
export interface TapOptions {
  /** Hears every message. Default: prints one line for each to the console. */
  readonly sink?: (entry: TapEntry) => void;
  /** The codec of the session, when it is not the default one. */
  readonly codec?: Codec;
}

/**
 * Listens to a transport: returns one that does the same, and tells of every
 * message with direction, id, path, kind, size and, for answers, duration.
 * `createClient(tap(workerTransport(worker)))` prints a line a message.
 */
export function tap(transport: Transport, options: TapOptions = {}): Transport {
  if (!("traits" in Object(transport))) throw notASource(transport, "a Transport");
  const codec = chooseCodec(options.codec ?? transport.codec, transport.traits);
  const sink = options.sink ?? print;
  const log = new Log(sink);
  const out = codec.open();
  const into = codec.open();
  return new Proxy(transport, {
    get(target, key) {
      if (key === "send") {
        return (message: unknown, transfer?: readonly object[]) => {
          log.note("out", message, out);
          // As a view of its own, which no port gives back: the sink may keep what it heard.
          target.send(message instanceof Uint8Array ? message.subarray() : message, transfer);
        };
      }
      if (key === "receive") {
        return (receiver: (message: unknown) => void) =>
          target.receive((message) => {
            log.note("in", message, into);
            receiver(message);
          });
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** One line: direction, kind, id, path, size, duration. */
export function describeEntry({ direction, kind, id, path, size, duration }: TapEntry): string {
  const arrow = direction === "out" ? "→" : "←";
  const parts = [arrow, kind, id === undefined ? "" : `#${id}`, path ?? "", `${size} B`];
  if (duration !== undefined) parts.push(`${duration.toFixed(1)} ms`);
  return parts.filter((part) => part !== "").join(" ");
}

function print(entry: TapEntry): void {
  console.log(`portolan ${describeEntry(entry)}`);
}

interface OpenCall {
  readonly path: string;
  readonly started: number;
}

/** Remembers paths and calls under way, so that an answer can be told with its path and duration. */
class Log {
  readonly #sink: (entry: TapEntry) => void;
  readonly #paths = { out: new Map<number, string>(), in: new Map<number, string>() };
  readonly #calls = { out: new Map<number, OpenCall>(), in: new Map<number, OpenCall>() };

  constructor(sink: (entry: TapEntry) => void) {
    this.#sink = sink;
  }

  note(direction: "out" | "in", data: unknown, codec: CodecSession): void {
    for (const raw of messagesIn(data, codec)) {
      const parsed = parseMessage(raw);
      if (parsed.ok) this.#tell(direction, parsed.message, raw);
      else
        this.#sink({
          direction,
          kind: "foreign",
          id: undefined,
          path: undefined,
          size: sizeOf(raw),
          duration: undefined,
          message: raw,
        });
    }
  }

  #tell(direction: "out" | "in", message: Message, raw: unknown): void {
    const [kind, second] = message;
    const id = kind === Kind.hello || kind === Kind.goodbye || kind === Kind.notify ? undefined : (second as number);
    const call = this.#follow(direction, message);
    const entry = { direction, kind: nameOfKind(kind), id, path: call?.path, size: sizeOf(raw), message: raw };
    const answer = kind === Kind.resolve || kind === Kind.reject;
    this.#sink({ ...entry, duration: answer && call ? performance.now() - call.started : undefined });
  }

  #follow(direction: "out" | "in", message: Message): OpenCall | undefined {
    const paths = this.#paths[direction];
    const asked = this.#calls[direction === "out" ? "in" : "out"];
    switch (message[0]) {
      case Kind.path:
        paths.set(message[1], message[2].join("."));
        return { path: message[2].join("."), started: 0 };
      case Kind.call: {
        const call = { path: this.#pathOf(direction, message[3]), started: performance.now() };
        this.#calls[direction].set(message[1], call);
        return call;
      }
      case Kind.notify:
        return { path: this.#pathOf(direction, message[2]), started: 0 };
      case Kind.resolve:
      case Kind.reject: {
        const call = asked.get(message[1]);
        asked.delete(message[1]);
        return call;
      }
      case Kind.cancel:
        return this.#calls[direction].get(message[1]);
      default:
        return undefined;
    }
  }

  #pathOf(direction: "out" | "in", path: number | readonly string[]): string {
    return typeof path === "number" ? (this.#paths[direction].get(path) ?? `path ${path}`) : path.join(".");
  }
}

function messagesIn(data: unknown, codec: CodecSession): readonly unknown[] {
  const inner = Array.isArray(data) && data[0] === "portolan" ? data[4] : data;
  if (Array.isArray(inner)) return batchOf(inner);
  try {
    return codec.decode(inner).flatMap((frame) => (Array.isArray(frame) ? batchOf(frame) : [frame]));
  } catch {
    // Not ours, or broken: the session says which; the tap only shows it.
    return [inner];
  }
}

function batchOf(frame: readonly unknown[]): readonly unknown[] {
  const messages: unknown[] = [];
  eachMessage(frame, (raw) => void messages.push(raw));
  return messages;
}

function nameOfKind(kind: number): string {
  return Object.entries(Kind).find(([, number]) => number === kind)?.[0] ?? String(kind);
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null) return 8;
  if (value instanceof ArrayBuffer) return value.byteLength;
  let size = 8;
  for (const inner of Object.values(value)) size += sizeOf(inner);
  return size;
}
