import { Kind, PROTOCOL_VERSION, type Transport } from "@portolan/protocol";
import { codecOf, RawEnd } from "./raw-end.ts";

const mark = "portolan";
const name = "stranger";

/** Speaks to a session over there frame by frame, rightly or wrongly. */
export class Stranger {
  readonly transport: Transport;
  readonly #end: RawEnd;
  #peer = "";

  constructor(transport: Transport) {
    this.transport = transport;
    this.#end = new RawEnd(transport);
  }

  /** Says hello and waits for the answer, repeating where the first may be lost. */
  async greet(): Promise<void> {
    let timer: unknown;
    const ask = (): void => {
      this.send(this.hello());
      if (!this.transport.traits.queues) timer = setTimeout(ask, 20);
    };
    ask();
    await this.find(Kind.hello);
    clearTimeout(timer);
  }

  /** A good hello. */
  hello(session: string = name): readonly unknown[] {
    const { carries, moves } = this.transport.traits;
    const codec = codecOf(this.transport).name;
    const body = {
      session,
      codec,
      carries,
      moves,
      maxMessage: 0,
      trusted: true,
      features: [],
      calls: 1024,
      accepts: 0,
    };
    return [Kind.hello, PROTOCOL_VERSION, body];
  }

  send(frame: unknown): void {
    if (!this.transport.traits.shared) return this.#end.send(frame);
    const wire = ["clone", "json"].includes(this.transport.traits.carries) ? frame : JSON.stringify(frame);
    this.transport.send([mark, "", name, this.#peer, wire]);
  }

  /** Sends what is no frame of the codec's. */
  sendRaw(data: unknown): void {
    this.transport.send(data);
  }

  /** Waits for a message of this kind, and with this id. Undefined when the end came first. */
  async find(kind: number, id?: number): Promise<readonly unknown[] | undefined> {
    for (let seen = 0; ; ) {
      const found = this.messages().find((message) => message[0] === kind && (id === undefined || message[1] === id));
      if (found || this.transport.ended) return found;
      seen = this.#end.received.length;
      await this.#end.atLeast(seen + 1);
    }
  }

  /** The answer to call `id`: what kind, and what it says. Undefined when the conversation ended first. */
  async answer(id: number): Promise<readonly unknown[] | undefined> {
    for (;;) {
      const messages = this.messages();
      const found = messages.find(([kind, to]) => (kind === Kind.resolve || kind === Kind.reject) && to === id);
      if (found) return found;
      if (this.transport.ended || messages.some(([kind]) => kind === Kind.goodbye)) return undefined;
      await this.#end.atLeast(this.#end.received.length + 1);
    }
  }

  /** Every message so far, out of batches and marks. */
  messages(): (readonly unknown[])[] {
    return this.#end.received.flatMap((frame) => this.#open(frame));
  }

  #open(frame: unknown): (readonly unknown[])[] {
    if (!Array.isArray(frame)) return [];
    if (frame[0] === mark) {
      if (this.#peer === "") this.#peer = String(frame[2]);
      return this.#open(typeof frame[4] === "string" ? JSON.parse(frame[4]) : frame[4]);
    }
    return (Array.isArray(frame[0]) ? frame : [frame]).flatMap(answersOf);
  }
}

/** Answers that leave together go as one list: `[22, id, value, id, value …]`. */
function answersOf(message: readonly unknown[]): (readonly unknown[])[] {
  if (message[0] !== 22) return [message];
  const answers: (readonly unknown[])[] = [];
  for (let at = 1; at < message.length; at += 2) answers.push([Kind.resolve, message[at], message[at + 1]]);
  return answers;
}
