// For users.

export {
  type CallError,
  type CallOptions,
  type DefinedError,
  disposable,
  type ErrorOf,
  type InputOf,
  type ItemOf,
  metaOf,
  type OutgoingCall,
  type OutgoingInterceptor,
  type OutputOf,
  proxy,
  type Received,
  type Remote,
  type RemoteProcedure,
  type RemotePromise,
  type RemoteResult,
  type RemoteStream,
  type RemoteTarget,
  RpcError,
  RpcTarget,
  release,
  retain,
  transfer,
} from "@portolan/protocol";
export {
  type Client,
  type ClientMembers,
  type ClientOptions,
  createClient,
  onStatus,
  stats,
  status,
} from "./client.ts";
export { type DedupeOptions, dedupe } from "./dedupe.ts";
export { type LoadBalanceOptions, loadBalance } from "./load-balance.ts";
export { createLocalClient, type LocalClientOptions } from "./local-client.ts";
export { notify, withOptions } from "./options.ts";
export type { Idempotent } from "./repeatable.ts";
export { type ResumeOptions, resume } from "./resume.ts";
export { type RetryOptions, retry } from "./retry.ts";
export { type ErrorsIn, type Failure, isDefinedError, type SafeResult, type Success, safe } from "./safe.ts";

// For other libraries.

export { clientMark } from "./client-base.ts";
