// For users.

export {
  type Call,
  type CloseReason,
  currentCall,
  type DefinedError,
  disposable,
  type Implementation,
  type IncomingInterceptor,
  type InputOf,
  type ItemMeta,
  type ItemOf,
  metaOf,
  type OutputOf,
  type Peer,
  proxy,
  type Remote,
  RpcError,
  RpcTarget,
  release,
  retain,
  transfer,
  withMeta,
} from "@portolan/protocol";
export {
  type Contract,
  contract,
  type Implementers,
  type Implementing,
  type Implements,
  implement,
} from "./contract.ts";
export type { ErrorConstructors } from "./declared-errors.ts";
export { describeContract } from "./describe-contract.ts";
export {
  type ContractDescription,
  type ProcedureDescription,
  parseDescription,
  type SchemaDescription,
} from "./description.ts";
export { type ContractChange, diffContracts } from "./diff-contracts.ts";
export { type EventHistory, memoryHistory, type StoredEvent } from "./event-history.ts";
export { type IdempotencyOptions, idempotency } from "./idempotency.ts";
export type { JsonSchema } from "./json-schema.ts";
export { type Lazy, type Loaded, lazy } from "./lazy.ts";
export type { Ground, Merged, Middleware, MiddlewareOptions, Outcome } from "./middleware.ts";
export { type Implementer, type Procedure, type ProcedureBuilder, procedure } from "./procedure.ts";
export { type Publisher, type PublisherOptions, publisher, type SubscribeOptions } from "./publisher.ts";
export { serve } from "./serve.ts";
export type { Router, ServeOptions, Server } from "./server.ts";
export type {
  ErrorSchemas,
  NoErrors,
  SchemaIssue,
  SchemaResult,
  StandardSchemaV1,
} from "./standard-schema.ts";
export type { Overflow } from "./subscription.ts";
export type { Issue } from "./validate.ts";

// For other libraries.

export { type LazyTypes, lazyMark, type ProcedureTypes, procedureMark } from "@portolan/protocol";
export { type Definition, definitionMark, definitionOf, type Step } from "./definition.ts";
