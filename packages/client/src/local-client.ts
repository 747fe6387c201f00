import { openSession, type PartialImplementation, type SessionOptions, transportPair } from "@portolan/protocol";
import { type Client, type ClientOptions, createClient } from "./client.ts";

/** How {@link createLocalClient} makes a client. What is not named here is the client's. */
export interface LocalClientOptions extends ClientOptions {
  /** What handlers read as `call.context`. */
  readonly context?: unknown;
  /** Default true: handlers' errors arrive with their causes. False behaves as towards strangers. */
  readonly trusted?: boolean;
  /** The session that serves: its interceptors, limits, `onError`. */
  readonly serving?: Omit<SessionOptions, "expose" | "admit">;
}

/**
 * A client of an API in this process, for tests, mocks and calls on the server
 * itself. Nothing is short-cut: values are copied, streams have their credit, errors are
 * told as their peer is trusted.
 *
 * @param api what is called; for a mock, any part of it:
 *   `createLocalClient<Api>({ users: { get: () => ada } })`. What is missing is UNIMPLEMENTED.
 *   Stays yours; unlike `serve`, nothing is checked before it is called.
 */
export function createLocalClient<Api extends object>(api: Api, options?: LocalClientOptions): Client<Api>;
export function createLocalClient<Api extends object>(
  api: PartialImplementation<Api>,
  options?: LocalClientOptions,
): Client<Api>;
export function createLocalClient(api: object, options: LocalClientOptions = {}): Client<object> {
  const { context, trusted = true, serving, ...own } = options;
  const [here, there] = transportPair({ traits: { trusted } });
  openSession(there, { ...serving, expose: api, stay: false, admit: () => context });
  return createClient<object>(here, own);
}
