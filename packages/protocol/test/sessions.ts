import { expect } from "vitest";
import {
  type CallOptions,
  defineTransport,
  makeStub,
  nodeOf,
  openSession,
  type Session,
  type SessionOptions,
  type StubNode,
  type Traits,
  type Transport,
  transportPair,
} from "../src/index.ts";

/** Whatever is on the other side: tests call it by name. */
// biome-ignore lint/suspicious/noExplicitAny: a stub of an unnamed API has whatever names a test asks for
export type Loose = any;

/** How {@link open} joins two sessions. */
export interface Opening {
  readonly traits?: Partial<Traits>;
  readonly client?: SessionOptions;
  readonly server?: SessionOptions;
  /** Stands between the client and its transport. */
  readonly around?: (transport: Transport) => Transport;
  /** Stands between the server and its transport. */
  readonly aroundServer?: (transport: Transport) => Transport;
}

/** Two sessions over the in-memory pair, and what the first sees of the second. */
export interface Open {
  readonly client: Session;
  readonly server: Session;
  readonly remote: Loose;
  readonly transports: readonly [Transport, Transport];
  /** Waits until all that is under way has arrived, counts what is left, and closes both. */
  done(): Promise<void>;
}

/** Opens a client and a server that exposes `api`. */
export function open(
  api: unknown,
  { traits, client, server, around = (it) => it, aroundServer = (it) => it }: Opening = {},
): Open {
  const [here, there] = transportPair(traits ? { traits } : {});
  const answering = openSession(aroundServer(there), { expose: api, ...server });
  const asking = openSession(around(here), { ...client });
  return {
    client: asking,
    server: answering,
    remote: asking.remote,
    transports: [here, there],
    async done() {
      await turns();
      expectNothing(asking);
      expectNothing(answering);
      await asking.close();
      await answering.close();
      await turns();
      expectNothing(asking);
      expectNothing(answering);
    },
  };
}

/** Nothing is held: every count of a session is 0. */
export function expectNothing(session: Session): void {
  expect(session.stats()).toEqual({
    calls: { inFlight: 0, queued: 0, open: 0 },
    handlers: { running: 0, parked: 0, held: 0 },
    exports: 0,
    stubs: 0,
    streams: 0,
    promises: 0,
    signals: 0,
    outbox: { messages: 0, bytes: 0 },
    assembling: 0,
  });
}

/** The same function of the other side with options for its calls. */
export function withOptions(stub: Loose, options: CallOptions): Loose {
  const node = nodeOf(stub) as StubNode;
  return makeStub(node.base, node.segments, options);
}

/** A result as a promise and nothing more: test libraries call what is a function. */
export async function promised<T>(result: PromiseLike<T>): Promise<T> {
  return result;
}

/** Lets a few turns of the event loop pass, for what travels in memory. */
export async function turns(count = 8): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Collects garbage until `until` holds, a bounded number of times. Returns whether it does. */
export async function collected(until: () => boolean): Promise<boolean> {
  for (let round = 0; round < 50 && !until(); round++) {
    (globalThis.gc as () => void)();
    await turns(2);
  }
  return until();
}

/** The same transport, with every message that passes it. */
export function recorded(transport: Transport): Transport & { readonly out: unknown[]; readonly in: unknown[] } {
  const out: unknown[] = [];
  const into: unknown[] = [];
  const same = defineTransport({
    traits: transport.traits,
    codec: transport.codec,
    peer: transport.peer,
    open(events) {
      const stops = [
        transport.receive((message) => {
          into.push(structuredClone(message));
          events.message(message);
        }),
        transport.onClose(events.end),
        transport.onWritable(events.writable),
      ];
      return {
        send: (message, transfer) => {
          out.push(structuredClone(message));
          transport.send(message, transfer);
        },
        blocked: () => transport.blocked,
        hold: (busy) => transport.hold(busy),
        close: (reason) => {
          for (const stop of stops) stop();
          transport.close(reason);
        },
      };
    },
  });
  return Object.assign(same, { out, in: into });
}

/** The same transport, with what it is told to hold, in order. */
export function holding(transport: Transport, held: boolean[]): Transport {
  return defineTransport({
    traits: transport.traits,
    codec: transport.codec,
    open(events) {
      transport.receive(events.message);
      transport.onClose(events.end);
      return {
        send: (message, transfer) => transport.send(message, transfer),
        hold: (busy) => void held.push(busy),
        close: (reason) => transport.close(reason),
      };
    },
  });
}

/** The same transport, with every message that arrives in a task of its own, as platforms deliver them. */
export function paced(transport: Transport): Transport {
  return defineTransport({
    traits: transport.traits,
    codec: transport.codec,
    peer: transport.peer,
    open(events) {
      const stops = [
        transport.receive((message) => void setImmediate(() => events.message(message))),
        transport.onClose((reason) => void setImmediate(() => events.end(reason))),
      ];
      return {
        send: (message, transfer) => transport.send(message, transfer),
        close: (reason) => {
          for (const stop of stops) stop();
          transport.close(reason);
        },
      };
    },
  });
}

/** A peer that says what it likes: the bare end of a pair whose other end has a session. */
export interface Hostile {
  readonly session: Session;
  readonly errors: unknown[];
  /** What the session has sent. */
  readonly heard: unknown[];
  send(...messages: unknown[]): void;
}

/** Opens a session whose peer is the test itself. By default it is not trusted and has said hello. */
export function hostile(
  api: unknown,
  options: SessionOptions = {},
  { traits = { trusted: false }, greet = true }: { readonly traits?: Partial<Traits>; readonly greet?: boolean } = {},
): Hostile {
  const [here, there] = transportPair({ traits });
  const errors: unknown[] = [];
  const heard: unknown[] = [];
  const session = openSession(there, { expose: api, onError: (error) => void errors.push(error), ...options });
  here.receive((message) => void heard.push(message));
  const send = (...messages: unknown[]) => {
    for (const message of messages) here.send(message);
  };
  if (greet) send(hello());
  return { session, errors, heard, send };
}

/** A hello as an honest peer says it. */
export function hello(changes: Record<string, unknown> = {}, version = 1): unknown {
  const body = {
    ...{ session: "test", codec: "clone", carries: "clone", moves: "all", maxMessage: 0, trusted: true },
    ...{ features: [], calls: 1024, accepts: 0 },
    ...changes,
  };
  return [0, version, body];
}
