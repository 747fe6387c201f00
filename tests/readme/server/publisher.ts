import { createLocalClient, metaOf } from "@portolan/client";
import { procedure, publisher } from "@portolan/server";

const events = publisher<{ said: { text: string } }>();

const api = {
  listen: procedure.handler(({ call, signal }) => events.subscribe("said", { after: call.after, signal })),
  say: (text: string) => events.publish("said", { text }),
};

const client = createLocalClient(api);
const stream = await client.listen();
await client.say("ahoy");
const { value } = await stream.next();
console.log(value); // {"text":"ahoy"}
console.log(typeof metaOf(stream)?.id); // string
await client.close();
