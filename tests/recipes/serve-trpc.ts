import { type Call, RpcError } from "@portolan/server";
import { type AnyTRPCRouter, TRPCError } from "@trpc/server";

type Branch = { [name: string]: Branch | ((this: Call, input: unknown) => Promise<unknown>) };

/** A tRPC 11 router, unchanged, for `serve`; its client is `createClient<ReturnType<typeof router.createCaller>>`. */
export function serveTrpc(router: AnyTRPCRouter, context: (call: Call) => object = () => ({})): Branch {
  const api: Branch = {};
  for (const path of Object.keys(router._def.procedures)) {
    const names = path.split(".");
    const enter = (at: Branch, name: string) => Object.assign(at, { [name]: at[name] ?? {} })[name] as Branch;
    const branch = names.slice(0, -1).reduce(enter, api);
    branch[names.at(-1) as string] = async function (input) {
      const caller = router.createCaller(context(this), { signal: this.signal });
      const run = names.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], caller);
      return (run as (input: unknown) => Promise<unknown>)(input).catch((error: unknown) => {
        if (!(error instanceof TRPCError)) throw error;
        throw new RpcError(error.code === "BAD_REQUEST" ? "INVALID_ARGUMENT" : error.code, error.message);
      });
    };
  }
  return api;
}
