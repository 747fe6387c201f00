import {
  openSession,
  type Remote,
  type Session,
  type SessionOptions,
  type TapEntry,
  type Transport,
  tap,
} from "@portolan/protocol";
import { check } from "./check.ts";
import { type Connection, checkConnection } from "./connection.ts";
import { rawRequest } from "./echo.ts";
import type { FixtureApi } from "./fixture-api.ts";
import type { Facts } from "./needs.ts";
import { demandQuiet, demandQuietSoon } from "./quiet.ts";
import { RawEnd } from "./raw-end.ts";
import { type ConformanceServer, serveConformance } from "./serve-conformance.ts";
import { Stranger } from "./stranger.ts";

/** A session of the near side with the fixture on the far one. */
export interface Near {
  readonly session: Session<Remote<FixtureApi>>;
  readonly remote: Remote<FixtureApi>;
  /** What no caller heard of, here. A case that expects some takes them out. */
  readonly reports: unknown[];
  /** The far transport and its session, when they are at hand. */
  readonly far: Transport | undefined;
  readonly server: ConformanceServer | undefined;
  readonly connection: Connection;
  /** Every message that passed but the greetings, when the case asked for it. */
  readonly tapped: TapEntry[];
}

/** How a case opens its session. */
export interface NearOptions extends SessionOptions {
  /** Keeps what passes in {@link Near.tapped}. */
  readonly tapped?: boolean;
  /** Puts something between the session and the transport. */
  readonly through?: (near: Transport) => Transport;
}

/** What one case works with. It opens what the case asks for, and counts and closes it all at the end. */
export class Kit {
  readonly #connect: () => Connection | Promise<Connection>;
  readonly #facts: Facts | undefined;
  readonly #opened: Near[] = [];
  readonly #connections: { readonly connection: Connection; readonly server: ConformanceServer | undefined }[] = [];

  constructor(connect: () => Connection | Promise<Connection>, facts?: Facts) {
    this.#connect = connect;
    this.#facts = facts;
  }

  get facts(): Facts {
    if (!this.#facts) throw new Error("nothing is known of this connection yet");
    return this.#facts;
  }

  /** A session with the fixture. */
  async open({ tapped = false, through, ...options }: NearOptions = {}): Promise<Near> {
    const { connection, server } = await this.connect();
    const entries: TapEntry[] = [];
    const reports: unknown[] = [];
    const between = through ? through(connection.near) : connection.near;
    // A hello may be said again until it is heard: that is nobody's doing.
    const sink = (entry: TapEntry) => void (entry.kind !== "hello" && entries.push(entry));
    const transport = tapped ? tap(between, { sink }) : between;
    const session = openSession<Remote<FixtureApi>>(transport, { onError: (error) => reports.push(error), ...options });
    const { remote } = session;
    const near = { session, remote, reports, far: connection.far, server, connection, tapped: entries };
    this.#opened.push(near);
    return near;
  }

  /** The transport itself, with an end over there that answers `["echo", …]`, `["burst", n]`, `["close", n]`. */
  async raw(): Promise<{ readonly near: RawEnd; readonly connection: Connection }> {
    const { connection } = await this.connect();
    const near = new RawEnd(connection.near);
    await untilHeard(near);
    near.received.length = 0;
    return { near, connection };
  }

  /** Speaks frames to a session over there, without one here. */
  async stranger(): Promise<Stranger> {
    const { connection } = await this.connect();
    const stranger = new Stranger(connection.near);
    await stranger.greet();
    return stranger;
  }

  /** Both transports, with nothing on them. */
  async bare(): Promise<{ readonly near: Transport; readonly far: Transport }> {
    const connection = await this.#connect();
    this.#connections.push({ connection, server: undefined });
    if (!connection.far) throw new Error("the far end is not at hand");
    return { near: connection.near, far: connection.far };
  }

  /** A connection of its own, closed with the rest. */
  async connect(): Promise<{ readonly connection: Connection; readonly server: ConformanceServer | undefined }> {
    const connection = await this.#connect();
    checkConnection(connection);
    const server = connection.far && serveConformance(connection.far);
    const opened = { connection, server };
    this.#connections.push(opened);
    return opened;
  }

  /** Counts what is left in every session that was opened, ends it, and counts again. */
  async demandClean(): Promise<void> {
    for (const near of this.#opened) {
      if (!near.session.ended) await demandQuietSoon(near);
      await near.session.close();
      demandQuiet(near.session.stats(), "the near side, closed,");
      check(near.reports.length === 0, `errors that no caller heard of: ${near.reports.map(String).join("; ")}`);
      const listeners = near.connection.listeners?.() ?? 0;
      check(listeners === 0, `${listeners} listeners are left on the port after close`);
    }
  }

  /** Ends everything, whatever happened. */
  async end(): Promise<void> {
    for (const near of this.#opened) await near.session.close();
    for (const { connection, server } of this.#connections) {
      connection.near.close();
      connection.far?.close();
      await server?.close();
      await connection.close?.();
    }
  }
}

/** Asks for the transport itself; again and again where the first messages may be lost. */
async function untilHeard(near: RawEnd): Promise<void> {
  const ask = (): void => {
    near.send([rawRequest]);
    if (!near.transport.traits.queues) timer = setTimeout(ask, 20);
  };
  let timer: unknown;
  ask();
  try {
    await near.atLeast(1);
  } finally {
    clearTimeout(timer);
  }
}
