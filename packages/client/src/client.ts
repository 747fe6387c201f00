import type {
  CallOptions,
  CloseOptions,
  Remote,
  SessionOptions,
  SessionSource,
  SessionStats,
  SourceStatus,
  Transport,
} from "@portolan/protocol";
import { checkSessionOptions, makeStub, nodeOf, onAbort, type Session } from "@portolan/protocol";
import { ClientBase, clientMark } from "./client-base.ts";
import { checkOptions } from "./options.ts";
import { openSource } from "./transport-source.ts";

/** What a client may be given. Everything a session takes, and a signal. */
export interface ClientOptions extends Omit<SessionOptions, "admit" | "keepTransport" | "interceptRoot"> {
  /** Closes the client when it aborts. */
  readonly signal?: AbortSignal;
  /** Milliseconds until a call gives up, unless `withOptions` says otherwise for it. Default: never. */
  readonly timeout?: number;
  /** Milliseconds without an item after which a stream gives up, unless `withOptions` says otherwise. Default: never. */
  readonly idleTimeout?: number;
}

/** A typed client: the API over there, and the way to end it. */
export type Client<Api> = Remote<Api> & ClientMembers;

/** What a client has besides the API: its own, not the router's. */
export interface ClientMembers extends AsyncDisposable {
  /** Ends the client; calls in flight reject with CANCELLED, or finish within `drain` milliseconds. */
  close(options?: CloseOptions): Promise<void>;
}

/**
 * Makes a client of an API over there.
 *
 * @param source a transport (an instance passed to its adapter stays yours, a
 *   factory is ended with the client), an open session (which stays yours), or any
 *   source of sessions, such as a connector that redials.
 * @param options `expose` is offered to the peer at every connection; `metadata`
 *   is presented at every connection; aborting `signal` closes the client.
 *
 * Never throws for a peer that cannot be reached: calls reject with UNAVAILABLE.
 * Throws a TypeError for options that cannot work.
 */
export function createClient<Api>(
  source: Transport | Session | SessionSource,
  options: ClientOptions = {},
): Client<Api> {
  checkSessionOptions(options, ["signal", "timeout", "idleTimeout"]);
  const { signal, timeout, idleTimeout, ...session } = options;
  const defaults = checkedDefaults({
    ...(timeout !== undefined && { timeout }),
    ...(idleTimeout !== undefined && { idleTimeout }),
  });
  checkOptions({ signal });
  const interceptors = options.interceptors?.outgoing ?? [];
  // A client serves nothing that would have to stay.
  const own: SessionOptions = { stay: false, ...session, interceptRoot: false };
  const base = new ClientBase(openSource(source, own), interceptors, options.onError, defaults);
  closeOn(signal, base);
  const client = makeStub(base);
  // Only the user's type argument says what the other side exposes.
  return client as unknown as Client<Api>;
}

/** Undefined for none, so that calls without options stay so. */
function checkedDefaults(defaults: CallOptions): CallOptions | undefined {
  checkOptions(defaults);
  return Object.keys(defaults).length > 0 ? defaults : undefined;
}

function closeOn(signal: AbortSignal | undefined, base: ClientBase): void {
  if (!signal) return;
  const close = () => void base.close();
  if (signal.aborted) return close();
  base.onClosed(onAbort(signal, close));
}

/** How a client's connection is doing. Sends nothing. */
export function status(client: object): SourceStatus {
  return baseOf(client).status;
}

/** Hears each change of {@link status}. Returns the way to stop. */
export function onStatus(client: object, listener: (status: SourceStatus) => void): () => void {
  return baseOf(client).onStatus(listener);
}

/** What a client's session holds; all zero when nothing is under way. Undefined while there is none. */
export function stats(client: object): SessionStats | undefined {
  return baseOf(client).stats();
}

function baseOf(client: object): ClientBase {
  const base = nodeOf(client)?.base.members?.get(clientMark);
  // The mark is only ever set by a client, of this or another copy of the package.
  if (base) return base as ClientBase;
  throw new TypeError("expected a client made by createClient, or a branch of one");
}
