import { onAbort, type Peer, RpcError, type Transport } from "@portolan/protocol";
import type { RuntimePortLike } from "./extension-api.ts";
import { narrower, parseHandshake } from "./handshake.ts";
import { carriageOf } from "./port-carriage.ts";
import { openLine, type PortLine } from "./port-line.ts";
import { portTransport } from "./port-transport.ts";

/** Who is dialled. */
export interface DialOptions {
  /** Who is gone when the port ends, for the error. */
  readonly gone: string;
  readonly peer: Partial<Peer>;
  readonly trusted: boolean;
  readonly keepAlive?: number | undefined;
  /** Milliseconds to wait for an offer. */
  readonly patience: number;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/**
 * Waits on a fresh port for somebody's offer, and takes the first. Rejects with
 * what the listener refuses with (PERMISSION_DENIED, RESOURCE_EXHAUSTED), with
 * UNAVAILABLE when nobody is there, and with the signal's reason. The port is ended then.
 *
 * The wait has a limit: of a port to a worker that is just being stopped, or that a
 * debugger holds, nobody hears, and no end is told.
 */
export function dialPort(port: RuntimePortLike, options: DialOptions): Promise<Transport> {
  const line = openLine(port, options.gone);
  return new Promise<Transport>((resolve, reject) => {
    const stopWaiting = (): void => {
      clearTimeout(timer);
      unwatch();
    };
    const giveUp = (error: unknown): void => {
      stopWaiting();
      line.close();
      reject(error);
    };
    const abort = (): void => giveUp(options.signal.reason);
    const unwatch = onAbort(options.signal, abort);
    const timer = setTimeout(() => giveUp(noAnswer(options)), options.patience);
    line.end = ({ code, message, cause }) =>
      giveUp(new RpcError(code === "OK" ? "UNAVAILABLE" : code, message, { cause, delivered: "no" }));
    line.message = (data) => {
      const message = parseHandshake(data);
      if (message?.portolan === "refused") giveUp(refusedBy(message.code, message.message));
      if (message?.portolan !== "offer") return;
      stopWaiting();
      resolve(take(line, message.id, message.carries, options));
    };
    if (options.signal.aborted) abort();
  });
}

function noAnswer({ gone, patience }: DialOptions): RpcError {
  return new RpcError("UNAVAILABLE", `${gone} did not answer within ${patience} ms`, { delivered: "no" });
}

function refusedBy(code: "PERMISSION_DENIED" | "RESOURCE_EXHAUSTED", message: string): RpcError {
  return new RpcError(code, message, { delivered: "no" });
}

function take(line: PortLine, id: string, offered: "clone" | "json", options: DialOptions): Transport {
  const own = carriageOf(line.port);
  line.port.postMessage({ portolan: "take", id, carries: own });
  return portTransport(line, { ...options, carries: narrower(own, offered) });
}
