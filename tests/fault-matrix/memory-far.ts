import { type Call, openSession, type Session, type Transport } from "@portolan/protocol";

/** The far side in memory: what of `fixtures/fault-far.mjs` makes sense in one process. */
export function memoryFar(transport: Transport): Session {
  const ran = new Map<string, number>();
  const log: string[] = [];
  const count = (key: string): number => {
    ran.set(key, (ran.get(key) ?? 0) + 1);
    return ran.get(key) ?? 0;
  };
  const api = {
    never: () => new Promise(() => {}),
    hang(this: Call, key: string) {
      const { signal } = this;
      log.push(`started ${key}`);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          log.push(`aborted ${key}`);
          reject(signal.reason);
        });
      });
    },
    log: () => [...log],
    echo: (value: unknown) => value,
    count,
    counted: (key: string) => ran.get(key) ?? 0,
    later: (ms: number, value: unknown) => new Promise((resolve) => setTimeout(resolve, ms, value)),
    once: async function* () {
      yield 1;
      await new Promise(() => {});
    },
    endless: async function* (key: string) {
      for (;;) yield count(key);
    },
    replyThenExit: () => {
      setImmediate(() => void session.close());
      return "the last reply";
    },
    spin: () => {},
    bye: () => void session.close(),
    drain: (ms: number) => void session.close({ drain: ms }),
    cut: () => void setImmediate(() => transport.close()),
    noise: () => void setImmediate(() => transport.send(["not", "a", "message"])),
    stats: () => session.stats(),
  };
  const session: Session = openSession(transport, { expose: api, onError: () => {} });
  return session;
}
