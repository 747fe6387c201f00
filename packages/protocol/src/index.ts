// For users.
export { type CallOptions } from "./call-options.ts";
export { clone } from "./clone-codec.ts";
export { RpcError, type RpcErrorOptions } from "./error.ts";
export { type Delivered, type ErrorCode, errorCodes, type KnownErrorCode } from "./error-code.ts";
export type { IncomingInterceptor, OutgoingCall, OutgoingInterceptor } from "./interceptor.ts";
export { json, type JsonOptions } from "./json-codec.ts";
export { ndjson, type NdjsonOptions } from "./ndjson-codec.ts";
export { proxy } from "./proxy-mark.ts";
export { registerClass } from "./register-class.ts";
export { RpcTarget } from "./rpc-target.ts";
export { type Call, currentCall } from "./session/incoming-call.ts";
export { defaultLimits, type Limits } from "./session/limits.ts";
export { openSession } from "./session/session.ts";
export type { SessionStats } from "./session/stats.ts";
export type { CloseOptions, FailurePlace, OutgoingMessage, Session, SessionOptions } from "./session-options.ts";
export { type ItemMeta, metaOf, withMeta } from "./stream-meta.ts";
export { findTransferables, transfer } from "./transfer.ts";
export { transportPair, type TransportPairOptions } from "./transport-pair.ts";

// For adapters and the other packages.
export type { Codec, CodecOptions, CodecSession, DecodeGuard } from "./codec.ts";
export type { Listener } from "./listener.ts";
export { forbiddenNames, lazyMark, procedureMark } from "./marks.ts";
export { Kind, type Message, PROTOCOL_VERSION } from "./message.ts";
export { parseMessage, type Parsed } from "./parse-message.ts";
export {
  type Carriage,
  type CloseReason,
  defineTransport,
  type Movable,
  type Peer,
  type Traits,
  type Transport,
  type TransportDefinition,
  type TransportEvents,
  type TransportPort,
} from "./transport.ts";
