// For users.

export {
  disposable,
  proxy,
  type Remote,
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
// For other libraries.
export { clientMark } from "./client-base.ts";
export { notify, withOptions } from "./options.ts";
export { isDefinedError, type SafeResult, safe } from "./safe.ts";
