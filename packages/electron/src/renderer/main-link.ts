import { type CloseReason, RpcError, type Transport, type TransportEvents } from "@portolan/protocol";
import { pagePortTransport } from "../ports/page-port-transport.ts";
import type { PagePortLike } from "../ports/port-shapes.ts";
import { type ConnectRequest, parseAnswer } from "../words.ts";
import { askMain } from "./ask-main.ts";

/** A way to main that was asked for. */
export interface MainLink {
  /** Usable at once: what is sent waits in the port. Ends with PERMISSION_DENIED if main refuses. */
  readonly transport: Transport;
  /** Resolves when main has let us in; rejects with the RpcError that says why not. */
  readonly accepted: Promise<void>;
}

/** Asks main for a port, and says what became of it. */
export function openMainLink(request: ConnectRequest, trusted: boolean): MainLink {
  let answered = false;
  let events: TransportEvents | undefined;
  let settle!: { resolve: () => void; reject: (error: RpcError) => void };
  const accepted = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever does not wait for it must not be punished for that.
  accepted.catch(() => {});
  const timer = setTimeout(() => events?.end(nobodyListens), patienceMs);
  const asked = askMain(request, (error) => events?.end(reasonOf(error)));
  const settled = (): void => {
    clearTimeout(timer);
    asked.settle();
  };

  const first = (message: unknown): boolean => {
    const answer = parseAnswer(message);
    if (!answer) return false;
    answered = true;
    if (answer[0] === "accepted") settle.resolve();
    else events?.end({ code: answer[1], message: answer[2], by: "remote" });
    return true;
  };
  const transport = pagePortTransport(asked.port as unknown as PagePortLike, {
    peer: { kind: "electron-main" },
    trusted,
    towardsMain: true,
    first,
    whyClosed: () => (answered ? mainClosed : nobodyListens),
    opened: (own) => {
      events = own;
    },
    ended: settled,
  });
  transport.onClose(({ code, message, cause }) =>
    settle.reject(new RpcError(code, message, { cause, delivered: "no" })),
  );
  accepted.then(settled, settled);
  return { transport, accepted };
}

function reasonOf({ code, message }: RpcError): CloseReason {
  return { code, message, by: "platform" };
}

/** Electron does not tell that nobody took a port. */
const patienceMs = 10_000;

const mainClosed: CloseReason = { code: "UNAVAILABLE", message: "main closed the port", by: "remote" };

const nobodyListens: CloseReason = {
  code: "UNAVAILABLE",
  message: "nobody in main took the port: is rendererListener() served there?",
  by: "remote",
};
