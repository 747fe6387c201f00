import { RpcError, type Peer, type Transport } from "@portolan/protocol";
import { narrower, parseHandshake } from "./handshake.ts";
import { carriageOf } from "./port-carriage.ts";
import { openLine, type PortLine } from "./port-line.ts";
import { portTransport } from "./port-transport.ts";
import type { RuntimePortLike } from "./extension-api.ts";

/** Who is dialled. */
export interface DialOptions {
  /** Who is gone when the port ends, for the error. */
  readonly gone: string;
  readonly peer: Partial<Peer>;
  readonly trusted: boolean;
  readonly keepAlive?: number | undefined;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/**
 * Waits on a fresh port for somebody's offer, and takes the first. Rejects with
 * what the listener refuses with (PERMISSION_DENIED, RESOURCE_EXHAUSTED), with
 * UNAVAILABLE when nobody is there, and with the signal's reason. The port is ended then.
 */
export function dialPort(port: RuntimePortLike, options: DialOptions): Promise<Transport> {
  const line = openLine(port, options.gone);
  return new Promise<Transport>((resolve, reject) => {
    const giveUp = (error: unknown): void => {
      options.signal.removeEventListener("abort", onAbort);
      line.close();
      reject(error);
    };
    const onAbort = (): void => giveUp(options.signal.reason);
    options.signal.addEventListener("abort", onAbort);
    line.end = ({ code, message, cause }) =>
      giveUp(new RpcError(code === "OK" ? "UNAVAILABLE" : code, message, { cause, delivered: "no" }));
    line.message = (data) => {
      const message = parseHandshake(data);
      if (message?.portolan === "refused") giveUp(refusedBy(message.code, message.message));
      if (message?.portolan !== "offer") return;
      options.signal.removeEventListener("abort", onAbort);
      resolve(take(line, message.id, message.carries, options));
    };
    if (options.signal.aborted) onAbort();
  });
}

function refusedBy(code: "PERMISSION_DENIED" | "RESOURCE_EXHAUSTED", message: string): RpcError {
  return new RpcError(code, message, { delivered: "no" });
}

function take(line: PortLine, id: string, offered: "clone" | "json", options: DialOptions): Transport {
  const own = carriageOf(line.port);
  line.port.postMessage({ portolan: "take", id, carries: own });
  return portTransport(line, { ...options, carries: narrower(own, offered) });
}
