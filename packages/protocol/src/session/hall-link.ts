import type { RpcError } from "../error.ts";
import type { Message } from "../message.ts";
import type { Session, SessionOptions } from "../session-options.ts";
import type { Peer, Transport } from "../transport.ts";
import type { Carrier } from "./carrier.ts";
import { currentCall } from "./incoming-call.ts";
import type { Limits } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Outgoing, Ticket } from "./outgoing.ts";
import type { Post } from "./post.ts";
import type { Way } from "./way.ts";

/** What the rooms need of the hall. */
export interface RoomsOwner extends Session {
  readonly options: SessionOptions;
  readonly limits: Limits;
  readonly transport: Transport;
  readonly way: Way;
  readonly carrier: Carrier;
  readonly outbox: Outbox;
  readonly post: Post;
  readonly admitted: boolean;
  readonly context: unknown;
  /** This side closes, and waits for what is under way. */
  readonly closing: boolean;
  refusal(target: number): RpcError | undefined;
  send(message: Message, packed?: Outgoing, size?: number): Ticket;
  sendUrgent(message: Message): void;
  report(error: unknown, path?: readonly string[], reference?: string): void;
  owe(by: 1 | -1): void;
  checkIdle(): void;
}

/** What the rooms of a session ask of its hall: the half of them that holds no table. */
export class HallLink {
  options: SessionOptions;
  readonly limits: Limits;
  readonly way: Way;
  protected readonly hall: RoomsOwner;
  #lastId = 0;

  constructor(hall: RoomsOwner) {
    this.hall = hall;
    this.options = hall.options;
    this.limits = hall.limits;
    this.way = hall.way;
  }

  get peer(): Peer {
    return this.hall.peer;
  }

  get remote(): unknown {
    return this.hall.remote;
  }

  get context(): unknown {
    return this.hall.context;
  }

  get admitted(): boolean {
    return this.hall.admitted;
  }

  get trusted(): boolean {
    return this.way.trusted;
  }

  get clones(): boolean {
    return this.way.clones;
  }

  get network(): boolean {
    return this.hall.transport.traits.network;
  }

  get blocked(): boolean {
    return this.hall.carrier.blocked;
  }

  send(message: Message, packed?: Outgoing, size?: number): Ticket {
    const ticket = this.hall.send(message, packed, size);
    // A handler that computes on and on must not keep its progress to itself.
    if (currentCall()) this.hall.outbox.flushIfLate();
    return ticket;
  }

  sendUrgent(message: Message): void {
    this.hall.sendUrgent(message);
  }

  takeBack(ticket: Ticket): boolean {
    return this.hall.post.takeBack(ticket);
  }

  hasLeft(ticket: Ticket): boolean {
    return this.hall.post.hasLeft(ticket);
  }

  refusal(target: number): RpcError | undefined {
    return this.hall.refusal(target);
  }

  owe(by: 1 | -1): void {
    this.hall.owe(by);
  }

  checkIdle(): void {
    this.hall.checkIdle();
  }

  report(error: unknown, path?: readonly string[], reference?: string): void {
    this.hall.report(error, path, reference);
  }

  unread(error: RpcError, path: readonly string[]): void {
    if (error.code !== "CANCELLED" && error.code !== "UNAVAILABLE") this.report(error, path);
  }

  nextId(): number {
    return ++this.#lastId;
  }
}
