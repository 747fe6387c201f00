import { createLocalClient, safe } from "@portolan/client";

interface Api {
  users: { get(id: number): Promise<{ name: string }>; remove(id: number): Promise<void> };
}

// Any part of an API: what the test needs.
const client = createLocalClient<Api>({ users: { get: (id) => ({ name: `user ${id}` }) } });
console.log((await client.users.get(7)).name); // user 7
console.log((await safe(client.users.remove(7))).error?.code); // UNIMPLEMENTED
await client.close();
