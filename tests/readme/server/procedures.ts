import { createLocalClient, safe } from "@portolan/client";
import { type MiddlewareOptions, procedure, RpcError } from "@portolan/server";
import { z } from "zod";

const requireLogin = ({ context, next }: MiddlewareOptions<{ token?: string }>) => {
  if (context.token !== "sesame") throw new RpcError("UNAUTHENTICATED", "please log in");
  return next({ context: { user: "ada" } });
};

const api = {
  users: {
    get: procedure
      .context<{ token?: string }>()
      .use(requireLogin)
      .input(z.object({ id: z.number() }))
      .errors({ NOT_FOUND: z.object({ id: z.number() }) })
      .handler(({ input, context, errors }) => {
        if (input.id !== 7) throw errors.NOT_FOUND({ id: input.id });
        return { id: input.id, name: context.user };
      }),
  },
};

const client = createLocalClient(api, { context: { token: "sesame" } });
console.log(await client.users.get({ id: 7 })); // {"id":7,"name":"ada"}

const { error } = await safe(client.users.get({ id: 8 }));
if (error?.code === "NOT_FOUND") console.log("nobody has the id", error.data.id); // nobody has the id 8

const wrong = await safe(client.users.get({ id: "7" } as never));
console.log(wrong.error?.code, wrong.error?.data); // INVALID_ARGUMENT {"issues":[{"path":["id"],"message":"Invalid input: expected number, received string"}]}
await client.close();
