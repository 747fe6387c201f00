import { defineTransport, lengthFramed, type Transport, type TransportDefinition } from "@portolan/protocol";

type Heard = (event: { readonly type: string; readonly data?: unknown; readonly error?: Error }) => void;

/** What is needed of an RTCDataChannel, the browser's or one of Node's. */
export interface DataChannelLike {
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  binaryType: string;
  send(data: Uint8Array<ArrayBuffer>): void;
  addEventListener(type: string, listener: Heard): void;
  removeEventListener(type: string, listener: Heard): void;
}

/** A transport over a data channel, open or not yet. The channel and its connection stay yours to close. */
export function dataChannelTransport(
  channel: DataChannelLike,
  connection: { readonly sctp: { readonly maxMessageSize: number } | null },
): Transport {
  const maxMessage = Math.min(connection.sctp?.maxMessageSize || 65_536, 262_144); // RFC 8841, 6.1: 64 KiB unless told
  const traits = { carries: "bytes", maxMessage, announcesDeath: false, queues: false, network: true } as const;
  const open: TransportDefinition["open"] = (events) => {
    const early: Uint8Array<ArrayBuffer>[] = [];
    const closed = { code: "UNAVAILABLE", message: "the data channel is closed", by: "platform" } as const;
    const heard: Record<string, Heard> = {
      open() {
        for (const bytes of early.splice(0)) channel.send(bytes);
        events.writable();
      },
      message: ({ data }) => events.message(data instanceof ArrayBuffer ? new Uint8Array(data) : data),
      bufferedamountlow: () => events.writable(),
      error: ({ error }) => events.end({ ...closed, message: `${error}`, cause: error }),
      closing: () => events.end(closed),
      close: () => events.end(closed),
    };
    const tellsRoom = "bufferedAmountLowThreshold" in channel; // @roamhq/wrtc does not.
    Object.assign(channel, { binaryType: "arraybuffer", bufferedAmountLowThreshold: 262_144 });
    for (const [type, listener] of Object.entries(heard)) channel.addEventListener(type, listener);
    if (channel.readyState.startsWith("clos")) events.end(closed);
    return {
      send(bytes: Uint8Array<ArrayBuffer>) {
        if (channel.readyState === "connecting") early.push(bytes);
        else if (channel.readyState === "open") channel.send(bytes);
        else events.end(closed);
      },
      blocked: () => channel.readyState === "connecting" || (tellsRoom && channel.bufferedAmount > 524_288),
      close() {
        for (const [type, listener] of Object.entries(heard)) channel.removeEventListener(type, listener);
      },
    };
  };
  return defineTransport({ traits, peer: { kind: "data-channel" }, port: channel, codec: lengthFramed(), open });
}
