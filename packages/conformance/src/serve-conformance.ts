import { type CodecSession, openSession, type Session, type SessionStats, type Transport } from "@portolan/protocol";
import { answerRaw, isRawRequest } from "./echo.ts";
import { fixtureApi } from "./fixture.ts";
import { FixtureState } from "./fixture-state.ts";
import { codecOf } from "./raw-end.ts";

/** The far side of a run. */
export interface ConformanceServer {
  /** What its session holds; undefined before it has one. */
  stats(): SessionStats | undefined;
  /** Ends the far side. */
  close(): Promise<void>;
}

/**
 * Makes a transport the far side of {@link runConformance}: exposes what the cases
 * call, or answers for the transport itself, as the first message asks. Call it in
 * the worker, page or process at the other end; the transport is the kit's from then on.
 */
export function serveConformance(transport: Transport): ConformanceServer {
  let session: Session | undefined;
  transport.hold(true);
  const codec = codecOf(transport).open();
  const first: unknown[] = [];
  const stop = transport.receive((data) => {
    first.push(data);
    const asked = asksForRaw(codec, data);
    if (asked === undefined) return;
    stop();
    const replaying = replay(transport, first);
    if (asked) answerRaw(replaying);
    else session = serveSession(replaying);
  });
  return {
    stats: () => session?.stats(),
    close: async () => {
      await session?.close();
      transport.close();
    },
  };
}

/** Undefined while the first frame is not whole. What cannot be read is for a session to refuse. */
function asksForRaw(codec: CodecSession, data: unknown): boolean | undefined {
  try {
    const [frame] = codec.decode(data);
    return frame === undefined ? undefined : isRawRequest(frame);
  } catch {
    return false;
  }
}

function serveSession(transport: Transport): Session {
  const state = new FixtureState();
  const session = openSession(transport, {
    expose: fixtureApi(state),
    onError: (error) => state.reports.push(String(error)),
  });
  state.session = session;
  return session;
}

/** The same transport, whose first receiver hears `first` before the rest. */
function replay(transport: Transport, first: unknown[]): Transport {
  return new Proxy(transport, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key !== "receive") return typeof value === "function" ? value.bind(target) : value;
      return (receiver: (message: unknown) => void) => {
        // The target hands over what came since in this same turn: that is later than these.
        for (const message of first.splice(0)) receiver(message);
        return target.receive(receiver);
      };
    },
  });
}
