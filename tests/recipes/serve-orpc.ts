import { isProcedure, ORPCError, call as run } from "@orpc/server";
import { type Call, RpcError } from "@portolan/server";

/** An oRPC router, unchanged, for `serve`; its client is `createClient<RouterClient<typeof router>>`. */
export function serveOrpc(router: object, context: (call: Call) => object = () => ({})): object {
  const served = Object.entries(router).map(([name, part]: [string, object]) => {
    if (!isProcedure(part)) return [name, serveOrpc(part, context)];
    const procedure = async function (this: Call, input: unknown) {
      const options = { context: context(this), signal: this.signal };
      return Promise.resolve(run(part, input, options)).catch((error: unknown) => {
        if (!(error instanceof ORPCError)) throw error;
        const code: string = error.code === "BAD_REQUEST" ? "INVALID_ARGUMENT" : error.code;
        throw new RpcError(code, error.message, { data: error.data });
      });
    };
    return [name, procedure];
  });
  return Object.fromEntries(served);
}
