// For users.
export { type Client, type ClientMembers, type ClientOptions, createClient, onStatus, stats, status } from "./client.ts";
export { notify, withOptions } from "./options.ts";
export { isDefinedError, safe, type SafeResult } from "./safe.ts";
export {
  disposable,
  proxy,
  type Remote,
  release,
  retain,
  RpcError,
  RpcTarget,
  transfer,
} from "@portolan/protocol";

// For other libraries.
export { clientMark } from "./client-base.ts";
