// For users.

export {
  type Call,
  currentCall,
  disposable,
  proxy,
  type Remote,
  RpcError,
  RpcTarget,
  release,
  retain,
  transfer,
} from "@portolan/protocol";
export { type Router, type ServeOptions, type Server, serve } from "./serve.ts";
