// For users.

export type { CallOptions } from "./call-options.ts";
export type { Carriage } from "./carriage.ts";
export { clone } from "./clone-codec.ts";
export { cloneInPieces } from "./clone-pieces.ts";
export type { Codec } from "./codec.ts";
export {
  defineTransport,
  type TransportDefinition,
  type TransportEvents,
  type TransportPort,
} from "./define-transport.ts";
export { RpcError, type RpcErrorOptions } from "./error.ts";
export { type Delivered, type ErrorCode, errorCodes, type KnownErrorCode } from "./error-code.ts";
export type { Implementation, PartialImplementation } from "./implementation.ts";
export type { IncomingInterceptor, OutgoingCall, OutgoingInterceptor } from "./interceptor.ts";
export { type JsonOptions, json } from "./json-codec.ts";
export { type LengthFramedOptions, lengthFramed } from "./length-framed-codec.ts";
export { disposable, release, retain } from "./lifetime.ts";
export { type NdjsonOptions, ndjson } from "./ndjson-codec.ts";
export type { CallError, DeclaredErrors, DefinedError, NoErrors, OtherErrors } from "./procedure-types.ts";
export { proxy } from "./proxy-mark.ts";
export { registerClass } from "./register-class.ts";
export { type Relay, type RelayOptions, relay } from "./relay.ts";
export type {
  ErrorOf,
  InputOf,
  ItemOf,
  OutputOf,
  Received,
  Remote,
  RemoteProcedure,
  RemotePromise,
  RemoteResult,
  RemoteStream,
  RemoteTarget,
  Sent,
  SentValue,
} from "./remote.ts";
export { RpcTarget } from "./rpc-target.ts";
export { type Call, currentCall } from "./session/incoming-call.ts";
export { defaultLimits, type Limits } from "./session/limits.ts";
export { openSession } from "./session/session.ts";
export type { SessionStats } from "./session/stats.ts";
export type {
  AnySession,
  CloseOptions,
  FailurePlace,
  OutgoingMessage,
  Session,
  SessionOptions,
} from "./session-options.ts";
export { type ItemMeta, metaOf, withMeta } from "./stream-meta.ts";
export { describeEntry, type TapEntry, type TapOptions, tap } from "./tap.ts";
export type { Movable, Traits } from "./traits.ts";
export { findTransferables, transfer } from "./transfer.ts";
export type { CloseReason, Peer, Transport } from "./transport.ts";
export { type TransportPairOptions, transportPair } from "./transport-pair.ts";

// For adapters, codecs and the other packages.

export { after } from "./after.ts";
export { type Backoff, waitBefore } from "./backoff.ts";
export { ByteQueue } from "./byte-queue.ts";
export { mergeOptions } from "./call-options.ts";
export { checkNames, checkSessionOptions, checkSwitch, checkTransportOptions } from "./check-options.ts";
export type { CodecOptions, CodecSession, DecodeGuard, FramePieces } from "./codec.ts";
export { defineConnector } from "./connector.ts";
export type { ConnectorOptions } from "./connector-options.ts";
export { markDefined } from "./error.ts";
export { isForeign } from "./error-wire.ts";
export { isThenable } from "./is-thenable.ts";
export { parseJson } from "./json-codec.ts";
export type { Listener } from "./listener.ts";
export { type Listeners, listen, nobody } from "./listeners.ts";
export { forbiddenNames, lazyMark, procedureMark } from "./marks.ts";
export { Kind, type Message, PROTOCOL_VERSION } from "./message.ts";
export { notASource } from "./not-a-source.ts";
export { onAbort } from "./on-abort.ts";
export { type Parsed, parseMessage } from "./parse-message.ts";
export type { LazyTypes, ProcedureTypes } from "./procedure-types.ts";
export { proxyNames } from "./proxy-mark.ts";
export { randomHex, randomId } from "./random-id.ts";
export type { ResultOwner } from "./session/call-result.ts";
export { carryContext, isGenerated } from "./session/carried-stream.ts";
export { deferCall, failedCall } from "./session/deferred-call.ts";
export { laterFailure, pendingFailure } from "./session/endings.ts";
export { enterCall, leaveCall } from "./session/incoming-call.ts";
export { interceptCall, interceptNotification } from "./session/intercept.ts";
export { nodeOf, type ResultBase, type StubBase, type StubNode, type StubPath } from "./session/stub-base.ts";
export { makeStub } from "./session/stub-proxy.ts";
export { markUnstarted } from "./session/unstarted.ts";
export type { OpenSource, SessionSource, SourceStatus } from "./session-source.ts";
export { type ItemWithMeta, isItemWithMeta, itemsOf, keepMeta, rememberMeta, sendItems } from "./stream-meta.ts";
export { isMarked } from "./transfer-mark.ts";
export { isPlain } from "./values/brands.ts";
export { giveBack } from "./write-room.ts";
