import {
  type Listener,
  openSession,
  type Remote,
  type Session,
  type SessionOptions,
  type Transport,
  transportPair,
} from "@portolan/protocol";
import { expect } from "vitest";
import { type Router, type ServeOptions, type Server, serve } from "../src/index.ts";

/** A served router and a session that calls it, over memory. */
export interface Wire<Api> {
  readonly server: Server;
  readonly session: Session;
  readonly remote: Remote<Api>;
  /** Ends both, and counts what is left. */
  end(): Promise<void>;
}

/** Serves `router` to one peer. `traits` are those of the pair. */
export function wire<Api extends Router>(
  router: Api,
  options: ServeOptions & { readonly client?: SessionOptions; readonly trusted?: boolean } = {},
): Wire<Api> {
  const { client, trusted = true, ...serving } = options;
  const [here, there] = transportPair({ traits: { trusted } });
  const server = serve(there, router, serving);
  const session = openSession(here, client);
  return {
    server,
    session,
    remote: session.remote as Remote<Api>,
    end: async () => {
      if (!session.ended) await idle(session);
      await session.close();
      await server.close();
      expect(server.sessions.size).toBe(0);
    },
  };
}

/** Resolves once nothing is under way: the last cancel and release have made their way. */
async function idle(session: Session): Promise<void> {
  await session.ping();
  await session.ping();
  const { calls, streams, promises } = session.stats();
  expect({ ...calls, streams, promises }).toEqual({ inFlight: 0, queued: 0, open: 0, streams: 0, promises: 0 });
}

/** A listener in memory: `dial()` arrives at it. */
export function memoryListener(): Listener & { dial(trusted?: boolean): Transport; readonly closes: number } {
  let arrive: ((transport: Transport) => void) | undefined;
  let closes = 0;
  return {
    address: "memory",
    ready: Promise.resolve(),
    get closes() {
      return closes;
    },
    accept: (accepted) => {
      arrive = accepted;
    },
    close: async () => {
      closes++;
      arrive = undefined;
    },
    dial(trusted = false) {
      const [here, there] = transportPair({ traits: { trusted } });
      arrive?.(there);
      return here;
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
