import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import type { Schemas } from "./sample-app.ts";

/** The schemas of the sample application, by three libraries. */
export const schemasOf: Readonly<Record<"zod" | "valibot" | "arktype", Schemas>> = {
  zod: {
    user: z.object({ name: z.string().min(1) }),
    message: z.object({ room: z.string(), text: z.string() }),
    notFound: z.object({ id: z.number() }),
  },
  valibot: {
    user: v.object({ name: v.pipe(v.string(), v.minLength(1)) }),
    message: v.object({ room: v.string(), text: v.string() }),
    notFound: v.object({ id: v.number() }),
  },
  arktype: {
    user: type({ name: "string > 0" }),
    message: type({ room: "string", text: "string" }),
    notFound: type({ id: "number" }),
  },
};
