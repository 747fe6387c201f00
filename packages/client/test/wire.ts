import { openSession, type Session, type SessionOptions, type TapEntry, tap, transportPair } from "@portolan/protocol";
import { expect } from "vitest";
import { type Client, type ClientOptions, createClient, stats } from "../src/index.ts";

/** A client, and a session that exposes the API it calls, over memory. */
export interface Wire<Api> {
  readonly client: Client<Api>;
  readonly server: Session;
  /** Every message that passed the client's end. */
  readonly entries: readonly TapEntry[];
  /** Ends both, and counts what is left. */
  end(): Promise<void>;
}

/** Makes a client of `api`. */
export function wire<Api extends object>(
  api: Api,
  options: ClientOptions & { readonly server?: SessionOptions; readonly trusted?: boolean } = {},
): Wire<Api> {
  const { server: serving, trusted = true, ...calling } = options;
  const [here, there] = transportPair({ traits: { trusted } });
  const entries: TapEntry[] = [];
  const server = openSession(there, { ...serving, expose: api });
  const client = createClient<Api>(tap(here, { sink: (entry) => entries.push(entry) }), calling);
  return {
    client,
    server,
    entries,
    end: async () => {
      if (!server.ended) {
        await server.ping();
        await server.ping();
        expect(stats(client)?.calls).toEqual({ inFlight: 0, queued: 0, open: 0 });
        expect(server.stats()).toMatchObject({ handlers: { running: 0, parked: 0, held: 0 }, streams: 0, promises: 0 });
      }
      await client.close();
      await server.close();
    },
  };
}

/** What a call rejected with. */
export async function failureOf(call: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error("expected a rejection");
}
