import { Kind } from "../message.ts";
import { plainSize } from "../values/pack.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { Link } from "./link.ts";
import type { Outgoing } from "./outgoing.ts";
import { finishUnread, isByReference } from "./unread-result.ts";
import { isUnstarted } from "./unstarted.ts";
import { withTable } from "./with-table.ts";

/** What the peer's calls are answered: each once, with a value or a failure. */
export class Answers {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  /** The handler returned. Where nobody waits any more, what it returned is let go of. */
  resolve(call: IncomingCall, value: unknown): void {
    if (call.answered) return isByReference(value) ? this.#link.discard(value) : finishUnread(value);
    if (call.notification) return call.settle();
    const size = this.#link.options.transfer ? 0 : value === undefined && this.#link.clones ? 4 : plainSize(value);
    if (size > 0) {
      this.#link.send([Kind.resolve, call.id, value], undefined, size);
      return call.settle();
    }
    let packed: Outgoing;
    try {
      packed = this.#link.values.packResult(value, call);
    } catch (unpackable) {
      return this.reject(call, unpackable, true);
    }
    this.#send(call, packed);
  }

  /** The handler failed, or never started. A notification's failure is reported here. */
  fail(call: IncomingCall, thrown: unknown, started: boolean): void {
    if (call.answered) return;
    if (!call.notification) return this.reject(call, thrown, started && !isUnstarted(thrown));
    call.settle();
    this.#link.report(thrown, call.path);
  }

  /** Answers with a failure. */
  reject(call: IncomingCall, error: unknown, started: boolean): void {
    const packed = this.#link.values.packFailure(error, call.path, started ? "yes" : "no");
    this.#link.send(withTable([Kind.reject, call.id, packed.data], packed), packed);
    call.settle();
    // The caller takes a rejection for the end of the call, streams and all.
    call.end();
  }

  #send(call: IncomingCall, packed: Outgoing): void {
    const { id } = call;
    if (call.hasStreams) {
      this.#link.send([Kind.resolve, id, packed.data, packed.table, 1], packed);
      call.onEnd(() => this.#link.send([Kind.done, id]));
    } else this.#link.send(withTable([Kind.resolve, id, packed.data], packed), packed);
    call.settle();
  }
}
