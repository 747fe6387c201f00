import { connect, type Socket } from "node:net";
import { openSession, type Session, type SessionOptions } from "@portolan/protocol";
import { afterEach } from "vitest";
import { socketListener, socketTransport } from "../../src/index.ts";
import type { Api } from "./api.ts";
import { socketPath } from "./places.ts";

/** Run in reverse after each test. */
export const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const api = {
  add: (a: number, b: number) => a + b,
  echo: (value: unknown) => value,
  never: () => new Promise(() => {}),
  async *count(to: number) {
    for (let i = 0; i < to; i++) yield i;
  },
  async *endless() {
    for (;;) yield "x".repeat(10_000);
  },
};

/** What serves, and the ways to it. */
export interface Service {
  readonly place: { readonly port: number } | { readonly path: string };
  readonly sessions: Session[];
  dial(options?: SessionOptions): Session<Api & { endless(): Promise<AsyncIterable<string>> }>;
  /** A connection made by hand. */
  raw(): Socket;
}

/** Serves over sockets until the test is over. */
export async function serve(kind: "tcp" | "unix", options: SessionOptions = {}): Promise<Service> {
  const { path, remove } = socketPath();
  const listener = socketListener(kind === "unix" ? { path } : { port: 0 });
  const sessions: Session[] = [];
  listener.accept((transport) => {
    sessions.push(openSession(transport, { expose: api, onError: () => {}, ...options }));
  }, unexpected);
  await listener.ready;
  const place = kind === "unix" ? { path } : (listener.address as { port: number });
  const raw = () => {
    const socket = "path" in place ? connect(place.path) : connect(place.port, "127.0.0.1");
    return socket.on("error", () => {});
  };
  cleanups.push(async () => {
    await listener.close();
    await Promise.all(sessions.map((session) => session.close()));
    remove();
  });
  return {
    place,
    sessions,
    raw,
    dial(own = {}) {
      const session = openSession<Api & { endless(): Promise<AsyncIterable<string>> }>(socketTransport(raw), {
        ...(options.codec && { codec: options.codec }),
        ...own,
      });
      cleanups.push(() => session.close());
      return session;
    },
  };
}

/** Nobody is refused in these tests. */
function unexpected(error: unknown): never {
  throw error;
}
