import { type CloseReason, RpcError, type Transport, type TransportEvents } from "@portolan/protocol";

/** A way to main that was asked for. */
export interface MainLink {
  /** Usable at once: what is sent waits for main. Ends with PERMISSION_DENIED if main refuses. */
  readonly transport: Transport;
  /** Resolves when main has let us in; rejects with the RpcError that says why not. */
  readonly accepted: Promise<void>;
}

/** What a transport to main tells while it asks to be let in. */
export interface Acceptance {
  /** The transport is open; `events` may end it. */
  opened(events: TransportEvents): void;
  /** Main has let us in. */
  accept(): void;
  /** Main has refused. */
  refuse(code: string, sentence: string): void;
  /** Why main's end closed, as far as that is known. */
  whyClosed(): CloseReason;
}

/** Electron does not tell that nobody took a port. */
const patienceMs = 10_000;

const mainClosed: CloseReason = { code: "UNAVAILABLE", message: "main closed the port", by: "remote" };

/** Makes a transport that asks main to let it in, gives up after ten seconds, and says what became of it. */
export function awaitAcceptance(listener: string, open: (acceptance: Acceptance) => Transport): MainLink {
  const nobodyListens: CloseReason = {
    code: "UNAVAILABLE",
    message: `nobody in main took the port: is ${listener}() served there?`,
    by: "remote",
    delivered: "no",
  };
  let answered = false;
  let events: TransportEvents | undefined;
  let settle!: { resolve: () => void; reject: (error: RpcError) => void };
  const accepted = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever does not wait for it must not be punished for that.
  accepted.catch(() => {});
  const timer = setTimeout(() => events?.end(nobodyListens), patienceMs);
  const transport = open({
    opened: (own) => {
      events = own;
    },
    accept() {
      answered = true;
      clearTimeout(timer);
      settle.resolve();
    },
    refuse(code, message) {
      answered = true;
      events?.end({ code, message, by: "remote", delivered: "no" });
    },
    whyClosed: () => (answered ? mainClosed : nobodyListens),
  });
  transport.onClose(({ code, message, cause }) => {
    clearTimeout(timer);
    settle.reject(new RpcError(code, message, { cause, delivered: "no" }));
  });
  return { transport, accepted };
}
