import { RpcError } from "../error.ts";
import {
  type EndMessage,
  type FailMessage,
  type ItemsMessage,
  Kind,
  type Message,
  type StopMessage,
} from "../message.ts";
import { isId, isIndex } from "../parse-message.ts";
import type { ItemMeta } from "../stream-meta.ts";
import type { Packed } from "../values/pack.ts";
import type { IncomingCall } from "./incoming-call.ts";
import { exceeded } from "./limits.ts";
import type { Passage } from "./passage.ts";
import type { CallScope } from "./scope.ts";
import { Consumer, type ConsumerOwner, type StreamBounds } from "./stream-consumer.ts";
import { readerFor, type StreamForm, StreamForms, sourceOf, writerFor, writeTo } from "./stream-forms.ts";
import { Producer, type ProducerOwner } from "./stream-producer.ts";
import { weightOf } from "./weight.ts";

/** How what streams carry is written to the peer, and read. */
export interface StreamValues {
  packItem(item: unknown, call: IncomingCall | undefined): Packed;
  packFailure(error: unknown, path: readonly string[], delivered: "yes"): Packed;
  packReason(reason: unknown): Packed;
  unpackItems(message: ItemsMessage): readonly unknown[];
  unpackError(error: unknown, table: unknown): RpcError;
  unpackValue(value: unknown, table: unknown, root: string, passage: Passage): unknown;
}

/** What streams need of their session. */
export interface StreamsOwner
  extends Omit<ConsumerOwner, "ended" | "packReason">,
    Omit<ProducerOwner, "ended" | "stopped" | "packItem" | "packError" | "report"> {
  /** What an untrusted peer counts is counted again. */
  readonly trusted: boolean;
  nextId(): number;
  readonly values: StreamValues;
  report(error: unknown): void;
  /** A stream has ended. */
  checkIdle(): void;
}

/** What binds a stream to its call. */
export interface StreamTie {
  /** Says that the stream has ended, so that its call can end too. */
  readonly ended?: () => void;
  /** The call that the stream answers: it is told when its consumer wants no more. */
  readonly call?: IncomingCall;
  /** What was lent for the call is taken back: a stream that came with it ends. */
  readonly scope?: CallScope;
  readonly bounds?: StreamBounds;
}

/**
 * The streams of one session, in both directions. A stream is named by whoever
 * sent it; messages name their sender's own by a positive number and the
 * receiver's by a negative one.
 */
export class Streams {
  readonly #owner: StreamsOwner;
  readonly #producers = new Map<number, Producer>();
  readonly #consumers = new Map<number, Consumer>();

  constructor(owner: StreamsOwner) {
    this.#owner = owner;
  }

  get size(): number {
    return this.#producers.size + this.#consumers.size;
  }

  /** Sends a stream: returns what its table entry says. Throws RESOURCE_EXHAUSTED when too many are open. */
  write(value: object, tie: StreamTie): readonly unknown[] {
    this.#demandRoom();
    const id = this.#owner.nextId();
    const source = sourceOf(value);
    if (source) {
      this.#produce(id, source.iterator, tie);
      return [id, source.form];
    }
    const consumer = this.#consume(id, tie);
    const credit = consumer.firstCredit();
    // It pulls by itself: nobody else reads it.
    void writeTo(value as WritableStream, consumer);
    return [id, StreamForms.writable, ...credit];
  }

  /** Revives a stream that arrived. */
  read([id, form, items, bytes]: readonly unknown[], tie: StreamTie): object {
    if (!isId(id)) throw malformed("id", id);
    if (form !== 0 && form !== 1 && form !== 2) throw malformed("form", form);
    this.#demandRoom();
    const name = -id;
    if (this.#producers.has(name) || this.#consumers.has(name)) throw malformed("id used twice", id);
    if (form !== StreamForms.writable) return this.#openReader(name, form, tie);
    if (!isIndex(items) || !isIndex(bytes)) throw malformed("credit", `${String(items)}, ${String(bytes)}`);
    return this.#openWriter(name, tie, items, bytes);
  }

  /** The message that brought a stream cannot be read: its sender is told that nobody is there. */
  refuse(id: number, form: unknown): void {
    const name = -id;
    const consumer = this.#consumers.get(name);
    if (consumer) consumer.abort(unwanted);
    else if (this.#producers.has(name)) this.#producers.get(name)?.refused(unwanted);
    else if (form === StreamForms.writable) this.#owner.send([Kind.end, name]);
    else this.#owner.send([Kind.stop, name, 0]);
  }

  /** Takes a message about a stream. Late ones, for streams that have ended, are quiet. */
  receive(message: Message): void {
    switch (message[0]) {
      case Kind.items:
        return this.#takeItems(message);
      case Kind.end:
      case Kind.fail:
        return this.#takeEnding(message);
      case Kind.credit:
        return this.#producers.get(-message[1])?.credit(message[2], message[3]);
      case Kind.stop: {
        return this.#takeStop(message);
      }
      default:
    }
  }

  /** The port takes more again. */
  pump(): void {
    for (const producer of this.#producers.values()) producer.pump();
  }

  /** The platform refused items of ours. */
  refused(name: number, error: RpcError): void {
    this.#producers.get(name)?.refused(error);
  }

  /** The session has ended: readers get `error`, sources finish. */
  end(error: RpcError): void {
    const producers = [...this.#producers.values()];
    const consumers = [...this.#consumers.values()];
    this.#producers.clear();
    this.#consumers.clear();
    for (const consumer of consumers) consumer.end({ ok: false, error: () => error });
    for (const producer of producers) producer.abandon();
  }

  #produce(name: number, iterator: AsyncIterator<unknown>, tie: StreamTie): Producer {
    const owner = this.#owner;
    const own: ProducerOwner = {
      get blocked() {
        return owner.blocked;
      },
      packItem: (item) => owner.values.packItem(item, tie.call),
      packError: (error) => owner.values.packFailure(error, [], "yes"),
      send: (message, packed) => owner.send(message, packed),
      report: (error) => owner.report(error),
      stopped: () => tie.call?.abort(unwanted),
      ended: () => {
        this.#producers.delete(name);
        tie.ended?.();
        owner.checkIdle();
      },
    };
    const producer = new Producer(own, name, iterator);
    this.#producers.set(name, producer);
    return producer;
  }

  #consume(name: number, tie: StreamTie): Consumer {
    const owner = this.#owner;
    const own: ConsumerOwner = {
      limits: owner.limits,
      network: owner.network,
      sendUrgent: (message) => owner.sendUrgent(message),
      send: (message, packed) => owner.send(message, packed),
      packReason: (value) => owner.values.packReason(value),
      owe: (by) => owner.owe(by),
      ended: () => {
        this.#consumers.delete(name);
        tie.ended?.();
        owner.checkIdle();
      },
    };
    const consumer = new Consumer(own, name, tie.bounds ?? {});
    this.#consumers.set(name, consumer);
    tie.scope?.onEnd(() => consumer.abort(callEnded));
    return consumer;
  }

  #openReader(name: number, form: StreamForm, tie: StreamTie): object {
    const consumer = this.#consume(name, tie);
    const { reader, watched } = readerFor(form, consumer);
    // A stream that nobody iterates any more is given up when it is collected.
    readers.register(watched, consumer);
    return reader;
  }

  #openWriter(name: number, tie: StreamTie, items: number, bytes: number): object {
    const { stream, source } = writerFor();
    this.#produce(name, source, tie).credit(items, bytes);
    return stream;
  }

  #takeItems(message: ItemsMessage): void {
    const consumer = this.#consumers.get(-message[1]);
    if (!consumer) return;
    const [, name, items, bytes, , metas] = message;
    const fault = this.#faultOf(consumer, items, bytes);
    if (fault !== undefined) {
      const error = new RpcError("PROTOCOL_ERROR", `stream ${name} sent ${fault}`);
      // On a port that strangers use the session goes on: this stream must not, with a gap in it.
      consumer.abort(error);
      throw error;
    }
    let values: readonly unknown[];
    try {
      values = this.#owner.values.unpackItems(message);
    } catch (cause) {
      return consumer.abort(unreadable(cause));
    }
    consumer.take(values, bytes, metas?.length ? metaMap(metas) : undefined);
  }

  /** How the peer broke the rules of credit, if it did. Weighed before unpacking, which changes the items in place. */
  #faultOf(consumer: Consumer, items: readonly unknown[], bytes: number): string | undefined {
    const { trusted } = this.#owner;
    // A peer that counts less than it sends would fill our memory within its credit.
    if (!trusted && weightOf(items) > 2 * bytes + 64 * items.length) return "more bytes than it counted";
    const last = trusted ? bytes : weightOf(items.at(-1));
    return consumer.fits(items.length, bytes, last) ? undefined : "more than it was granted";
  }

  #takeEnding(message: EndMessage | FailMessage): void {
    const consumer = this.#consumers.get(-message[1]);
    if (!consumer) return;
    try {
      if (message[0] === Kind.end)
        return consumer.end({ ok: true, value: this.#owner.values.unpackValue(message[2], message[3], "value", {}) });
      const error = this.#owner.values.unpackError(message[2], message[3]);
      consumer.end({ ok: false, error: () => error });
    } catch (cause) {
      const error = unreadable(cause);
      consumer.end({ ok: false, error: () => error });
    }
  }

  #takeStop([, name, how, value, table]: StopMessage): void {
    const producer = this.#producers.get(-name);
    if (!producer) return;
    let reason: unknown;
    try {
      reason = this.#owner.values.unpackValue(value, table, "value", {});
    } catch (cause) {
      // The stream stops all the same.
      reason = unreadable(cause);
    }
    producer.stop(how, reason);
  }

  #demandRoom(): void {
    const { streams } = this.#owner.limits;
    if (this.size >= streams) throw exceeded("streams", streams);
  }
}

function unreadable(cause: unknown): RpcError {
  const why = RpcError.is(cause) ? cause.message : String(cause);
  return new RpcError("DATA_LOSS", `what the stream sent cannot be read: ${why}`, { cause, delivered: "yes" });
}

/** One for all sessions, which never ends; `stubs.ts` says why. */
const readers: FinalizationRegistry<Consumer> = /* @__PURE__ */ new FinalizationRegistry((consumer: Consumer) =>
  consumer.abort(forgotten),
);

const unwanted = new RpcError("CANCELLED", "the consumer wants no more items");
const callEnded = new RpcError("CANCELLED", "the call that the stream came with has ended");
const forgotten = new RpcError("CANCELLED", "nobody reads the stream any more");

function metaMap(metas: NonNullable<ItemsMessage[5]>): ReadonlyMap<number, ItemMeta> {
  return new Map(
    metas.map(([index, id, retry]) => [index, { ...(id !== null && { id }), ...(retry !== null && { retry }) }]),
  );
}

function malformed(what: string, value: unknown): RpcError {
  return new RpcError("INVALID_ARGUMENT", `malformed stream: ${what} ${String(value)}`, { delivered: "no" });
}
