import { type Peer, randomHex, type Transport } from "@portolan/protocol";
import type { RuntimePortLike } from "./extension-api.ts";
import { narrower, parseHandshake, type RefusalCode } from "./handshake.ts";
import { carriageOf } from "./port-carriage.ts";
import { openLine, postQuietly } from "./port-line.ts";
import { portTransport } from "./port-transport.ts";

/** A port that was offered and not yet taken. */
export interface PendingOffer {
  /** Hangs up. */
  withdraw(): void;
}

/** What is known of who opened the port. */
export interface Opener {
  readonly peer: Partial<Peer>;
  readonly trusted: boolean;
}

/**
 * Offers this context on a port. `arrive` gets the transport when the other end
 * takes it; `settled` is called when the offer is over, taken or not.
 */
export function offerPort(
  port: RuntimePortLike,
  opener: Opener,
  arrive: (transport: Transport) => void,
  settled: () => void,
): PendingOffer {
  const line = openLine(port, `the ${opener.peer.kind ?? "other end"}`);
  const id = randomHex(2);
  const carries = carriageOf(port);
  const withdraw = (): void => {
    line.close();
    settled();
  };
  const leave = (): void => {
    line.leave();
    settled();
  };
  line.end = leave;
  line.message = (data) => {
    const message = parseHandshake(data);
    if (message?.portolan === "take" && message.id !== id) return leave();
    if (message?.portolan !== "take") return withdraw();
    const transport = portTransport(line, { ...opener, carries: narrower(carries, message.carries) });
    settled();
    arrive(transport);
  };
  postQuietly(port, { portolan: "offer", id, carries });
  return { withdraw };
}

/** Says no in a way that the other end understands, and hangs up. */
export function refusePort(port: RuntimePortLike, code: RefusalCode, message: string): void {
  postQuietly(port, { portolan: "refused", code, message });
  port.disconnect();
}
