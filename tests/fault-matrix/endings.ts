import { RpcError } from "@portolan/protocol";
import { expect } from "vitest";
import { everywhere, processes, type Row, type Shown } from "./cell.ts";
import type { Pair, Rig } from "./rig.ts";

const contexts = ["worker_threads", ...processes];

/** F1 to F7, F13: the far side ends, one way or another. */
export const endings: readonly Row[] = [
  ending("F1", "graceful goodbye", 100, everywhere, ({ remote }) => remote.bye()),
  ending("F2", "abrupt close of the channel", 100, everywhere, ({ remote }) => remote.cut()),
  ending("F3", "reset of the connection", 100, ["tcp", "WebSocket"], ({ remote }) => remote.reset()),
  ending("F4", "exit 3 of the peer", 200, contexts, ({ remote }) => remote.exit(3)),
  ending("F4", "SIGKILL or terminate() of the peer", 200, contexts, ({ signal, terminate }) =>
    signal ? signal("SIGKILL") : terminate?.(),
  ),
  ending("F6", "uncaught exception in the peer", 200, contexts, ({ remote }) => remote.crash()),
  ending("F7", "the peer out of memory", 15_000, ["worker_threads"], ({ remote }) => remote.fill()),
  ending("F7", "abort() of the peer, as out of memory ends a process", 1500, processes, ({ remote }) => remote.abort()),
  ending("F13", "a truncated frame, then the end", 200, processes, ({ remote }) => remote.half()),
  {
    id: "F5",
    fault: "the peer cannot start",
    promise: "UNAVAILABLE, never a hang",
    bound: 10_000,
    columns: contexts,
    async run(rig) {
      const { openSession } = await import("@portolan/protocol");
      if (!rig.broken) throw new Error(`${rig.name} has nothing that cannot start`);
      const session = openSession<{ add(): Promise<void> }>(rig.broken(), { onError: () => {} });
      const started = performance.now();
      const error = await failure(session.remote.add());
      expect(error).toMatchObject({ code: "UNAVAILABLE" });
      demandEmpty(session);
      return { ms: performance.now() - started, what: "UNAVAILABLE" };
    },
  },
];

function ending(
  id: string,
  fault: string,
  bound: number,
  columns: readonly string[],
  cause: (pair: Pair) => unknown,
): Row {
  const promise = "UNAVAILABLE; later calls at once";
  return { id, fault, promise, bound, columns, run: (rig) => settle(rig, cause) };
}

/** Calls, a stream and a callback are under way when it happens. */
async function settle(rig: Rig, cause: (pair: Pair) => unknown): Promise<Shown> {
  const pair = await rig.open();
  try {
    const { session, remote } = pair;
    await remote.echo(1);
    let settled = 0;
    const calls = Array.from({ length: 20 }, () => failure(remote.never()).finally(() => settled++));
    const stream = await remote.once();
    await stream.next();
    const reading = failure(
      (async () => {
        for await (const _ of stream);
      })(),
    );
    await session.ping();
    const started = performance.now();
    Promise.resolve(cause(pair)).catch(() => {});
    const errors = await Promise.all([...calls, reading]);
    const ms = performance.now() - started;
    for (const error of errors) expect(error).toMatchObject({ code: "UNAVAILABLE" });
    expect(settled).toBe(20);
    const late = await failure(remote.echo(2));
    expect(late).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    demandEmpty(session);
    return { ms, what: "UNAVAILABLE" };
  } finally {
    await pair.end();
  }
}

/** What a promise rejects with; anything else fails the cell. */
export async function failure(promise: PromiseLike<unknown>): Promise<RpcError> {
  try {
    await promise;
  } catch (error) {
    if (RpcError.is(error)) return error as RpcError;
    throw error;
  }
  throw new Error("expected a rejection");
}

/** Fails unless a session holds nothing. */
export function demandEmpty(session: { stats(): unknown }): void {
  expect(JSON.stringify(session.stats())).not.toMatch(/:[1-9]/);
}
