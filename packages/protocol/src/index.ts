// For users.
export { type CallOptions } from "./call-options.ts";
export { clone } from "./clone-codec.ts";
export { RpcError, type RpcErrorOptions } from "./error.ts";
export { type Delivered, type ErrorCode, errorCodes, type KnownErrorCode } from "./error-code.ts";
export type { IncomingInterceptor, OutgoingCall, OutgoingInterceptor } from "./interceptor.ts";
export { json, type JsonOptions } from "./json-codec.ts";
export { ndjson, type NdjsonOptions } from "./ndjson-codec.ts";
export { disposable, release, retain } from "./lifetime.ts";
export { proxy } from "./proxy-mark.ts";
export { registerClass } from "./register-class.ts";
export { RpcTarget } from "./rpc-target.ts";
export { type Call, currentCall } from "./session/incoming-call.ts";
export { defaultLimits, type Limits } from "./session/limits.ts";
export { openSession } from "./session/session.ts";
export type { SessionStats } from "./session/stats.ts";
export type { CloseOptions, FailurePlace, OutgoingMessage, Session, SessionOptions } from "./session-options.ts";
export { relay, type Relay, type RelayOptions } from "./relay.ts";
export { describeEntry, tap, type TapEntry, type TapOptions } from "./tap.ts";
export type {
  LazyTypes,
  ProcedureTypes,
  Received,
  Remote,
  RemotePromise,
  RemoteResult,
  RemoteTarget,
  Sent,
  SentValue,
} from "./remote.ts";
export { type ItemMeta, metaOf, withMeta } from "./stream-meta.ts";
export { findTransferables, transfer } from "./transfer.ts";
export { transportPair, type TransportPairOptions } from "./transport-pair.ts";

// For adapters and the other packages.
export { type Backoff, waitBefore } from "./backoff.ts";
export type { Codec, CodecOptions, CodecSession, DecodeGuard } from "./codec.ts";
export { type ConnectorOptions, defineConnector } from "./connector.ts";
export type { Listener } from "./listener.ts";
export { parseJson } from "./json-codec.ts";
export { forbiddenNames, lazyMark, procedureMark } from "./marks.ts";
export { deferCall, failedCall } from "./session/deferred-call.ts";
export { interceptCall, interceptNotification } from "./session/intercept.ts";
export type { ResultBase, StubBase, StubPath } from "./session/stub-base.ts";
export { makeStub, nodeOf, type StubNode } from "./session/stub-proxy.ts";
export type { OpenSource, SessionSource, SourceStatus } from "./session-source.ts";
export { mergeOptions } from "./call-options.ts";
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
