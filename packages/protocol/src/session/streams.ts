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
import { exceeded } from "./limits.ts";
import { Consumer } from "./stream-consumer.ts";
import { type StreamForm, StreamForms, sourceOf, writerFor } from "./stream-forms.ts";
import type { StreamOwner, StreamTie } from "./stream-owner.ts";
import { Producer, unwanted } from "./stream-producer.ts";
import { readableOf, StreamReader, writeTo } from "./stream-reader.ts";
import { weightOf } from "./weight.ts";

/**
 * The streams of one session, in both directions. A stream is named by whoever
 * sent it; messages name their sender's own by a positive number and the
 * receiver's by a negative one.
 */
export class Streams {
  readonly #owner: StreamOwner;
  readonly #producers = new Map<number, Producer>();
  readonly #consumers = new Map<number, Consumer>();

  constructor(owner: StreamOwner) {
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
    else if (this.#producers.has(name)) this.refused(name, unwanted);
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
      case Kind.stop:
        return this.#takeStop(message);
      default:
    }
  }

  /** The port takes more again. */
  pump(): void {
    for (const producer of this.#producers.values()) producer.pump();
  }

  /** The platform refused items of ours. */
  refused(name: number, error: RpcError): void {
    this.#producers.get(name)?.fail(error);
  }

  /** The session has ended: readers get `error`, sources finish. */
  end(error: RpcError): void {
    const producers = [...this.#producers.values()];
    const consumers = [...this.#consumers.values()];
    this.#producers.clear();
    this.#consumers.clear();
    for (const consumer of consumers) consumer.end({ ok: false, error });
    for (const producer of producers) producer.abandon();
  }

  #produce(name: number, iterator: AsyncIterator<unknown>, tie: StreamTie): Producer {
    const ended = () => this.#leave(this.#producers, name, tie);
    const producer = new Producer(this.#owner, name, iterator, tie.call, ended);
    this.#producers.set(name, producer);
    return producer;
  }

  #consume(name: number, tie: StreamTie): Consumer {
    const ended = () => this.#leave(this.#consumers, name, tie);
    const consumer = new Consumer(this.#owner, name, tie.bounds, ended);
    this.#consumers.set(name, consumer);
    tie.scope?.onEnd(() => consumer.abort(callEnded));
    return consumer;
  }

  #leave(table: Map<number, unknown>, name: number, tie: StreamTie): void {
    table.delete(name);
    tie.ended?.();
    this.#owner.checkIdle();
  }

  #openReader(name: number, form: StreamForm, tie: StreamTie): object {
    const consumer = this.#consume(name, tie);
    const reader = new StreamReader(consumer);
    // A stream that nobody iterates any more is given up when it is collected.
    readers.register(reader, consumer);
    return form === StreamForms.iterable ? reader : readableOf(reader);
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
      consumer.end({ ok: false, error: this.#owner.values.unpackError(message[2], message[3]) });
    } catch (cause) {
      consumer.end({ ok: false, error: unreadable(cause) });
    }
  }

  #takeStop([, name, how, value, table]: StopMessage): void {
    this.#producers.get(-name)?.stop(how, this.#owner.values.unpackReason(value, table));
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

/** One for all sessions, which never ends; `stub-sweep.ts` says why. */
const readers: FinalizationRegistry<Consumer> = /* @__PURE__ */ new FinalizationRegistry((consumer: Consumer) =>
  consumer.abort(forgotten),
);

const callEnded = /* @__PURE__ */ new RpcError("CANCELLED", "the call that the stream came with has ended");
const forgotten = /* @__PURE__ */ new RpcError("CANCELLED", "nobody reads the stream any more");

function metaMap(metas: NonNullable<ItemsMessage[5]>): ReadonlyMap<number, ItemMeta> {
  return new Map(
    metas.map(([index, id, retry]) => [index, { ...(id !== null && { id }), ...(retry !== null && { retry }) }]),
  );
}

function malformed(what: string, value: unknown): RpcError {
  return new RpcError("INVALID_ARGUMENT", `malformed stream: ${what} ${String(value)}`, { delivered: "no" });
}
