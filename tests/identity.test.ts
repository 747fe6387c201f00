import { AsyncLocalStorage } from "node:async_hooks";
import { createClient, stats } from "@portolan/client";
import { transportPair } from "@portolan/protocol";
import { type Call, procedure, serve } from "@portolan/server";
import { describe, expect, it } from "vitest";

const calls = 10_000;
const names = ["ada", "bob", "cyd", "dee"];
const who = new AsyncLocalStorage<string>();

const api = {
  async plain(this: Call<{ name: string }>, value: number) {
    await new Promise(setImmediate);
    return [who.getStore(), this.context.name, value] as const;
  },
  async *stream(count: number) {
    for (let i = 0; i < count; i++) {
      await Promise.resolve();
      yield who.getStore();
    }
  },
  async back(ask: () => Promise<string>) {
    const answer = await ask();
    return [who.getStore(), answer] as const;
  },
  built: procedure
    .context<{ name: string }>()
    .use(async ({ context, next }) => {
      await Promise.resolve();
      return next({ context: { twice: `${context.name} ${context.name}` } });
    })
    .handler(async ({ context }) => {
      await new Promise(setImmediate);
      return [who.getStore(), context.name, context.twice] as const;
    }),
};

describe("the identity of a caller", { timeout: 60_000 }, () => {
  it("O-27 holds over 10 000 interleaved calls, streams and callbacks of peers whose call ids are equal", async () => {
    const pairs = names.map((name) => {
      const [here, there] = transportPair();
      const server = serve(there, api, {
        context: (peer) => ({ name: String(peer.metadata) }),
        interceptors: { incoming: [(call, next) => who.run(String(call.peer.metadata), next)] },
      });
      return { name, server, client: createClient<typeof api>(here, { metadata: name }) };
    });
    let wrong = 0;
    const note = (right: boolean) => {
      if (!right) wrong++;
    };
    const one = async (i: number) => {
      const { name, client } = pairs[i % pairs.length] as (typeof pairs)[number];
      const kind = Math.floor(i / pairs.length) % 4;
      if (kind === 0) {
        const [stored, context, value] = await client.plain(i);
        note(stored === name && context === name && value === i);
      } else if (kind === 1) {
        for await (const stored of client.stream(2)) note(stored === name);
      } else if (kind === 2) {
        const [stored, answer] = await client.back(async () => `${name} answers`);
        note(stored === name && answer === `${name} answers`);
      } else {
        const [stored, context, twice] = await client.built();
        note(stored === name && context === name && twice === `${name} ${name}`);
      }
    };
    const lanes = 400; // streams open at once stay below their limit
    const work = Array.from({ length: lanes }, async (_, lane) => {
      for (let i = lane; i < calls; i += lanes) await one(i);
    });
    await Promise.all(work);
    expect(wrong).toBe(0);
    for (const { server, client } of pairs) {
      expect(stats(client)).toMatchObject({ calls: { inFlight: 0, queued: 0 }, streams: 0 });
      await client.close();
      await server.close();
      expect(server.sessions.size).toBe(0);
    }
  });
});
