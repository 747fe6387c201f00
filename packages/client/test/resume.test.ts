import {
  currentCall,
  defineConnector,
  metaOf,
  openSession,
  RpcError,
  type Session,
  transportPair,
  withMeta,
} from "@portolan/protocol";
import { describe, expect, it } from "vitest";
import { createClient, resume, stats, status } from "../src/index.ts";

/** A server that counts, behind a connection that can be cut at any time. */
class Shaky {
  cuts = 0;
  runs = 0;
  session: Session | undefined;
  readonly api = { count: (upTo: number) => this.#count(upTo, currentCall()?.after) };

  readonly connector = defineConnector(
    () => {
      const [near, far] = transportPair();
      this.session = openSession(far, { expose: this.api });
      return near;
    },
    { backoff: { first: 1, longest: 2 } },
  );

  cut(): void {
    if (!this.session || this.session.ended) return;
    this.cuts++;
    void this.session?.close({ reason: { code: "UNAVAILABLE", message: "cut" } });
  }

  async *#count(upTo: number, after: string | undefined) {
    this.runs++;
    for (let number = after === undefined ? 1 : Number(after) + 1; number <= upTo; number++) {
      yield withMeta(number, { id: String(number) });
    }
    return "all";
  }
}

describe("resume", () => {
  it("O-27 F-23 a stream whose items carry ids goes on behind the last one seen, 100 times, nothing lost or doubled", async () => {
    const shaky = new Shaky();
    const client = createClient<typeof shaky.api>(shaky.connector, { interceptors: { outgoing: [resume()] } });
    const seen: number[] = [];
    const stream = (await client.count(30_000)) as AsyncIterableIterator<number>;
    for await (const number of stream) {
      seen.push(number);
      expect(metaOf(stream)?.id).toBe(String(number));
      if (number % 10 === 0 && shaky.cuts < 100) shaky.cut();
    }
    expect(seen).toEqual(Array.from({ length: 30_000 }, (_, index) => index + 1));
    expect(shaky.cuts).toBe(100);
    expect(shaky.runs).toBe(101);
    expect(stats(client)?.streams).toBe(0);
    await client.close();
    expect(status(client).state).toBe("closed");
  });

  it("O-27 without resume the stream fails as UNAVAILABLE, and so does one whose items carry no ids", async () => {
    const shaky = new Shaky();
    const client = createClient<typeof shaky.api>(shaky.connector);
    const reading = (async () => {
      for await (const number of await client.count(1_000_000)) if (number === 10) shaky.cut();
    })();
    await expect(reading).rejects.toSatisfy((error) => RpcError.is(error) && error.code === "UNAVAILABLE");
    await client.close();
  });
});

describe("stats", () => {
  it("opens no connection, not even that of a lazy connector", async () => {
    let dials = 0;
    const lazy = defineConnector(
      () => {
        dials++;
        return transportPair()[0];
      },
      { lazy: true },
    );
    const client = createClient<Record<string, never>>(lazy);
    expect(stats(client)).toBeUndefined();
    expect(dials).toBe(0);
    await client.close();
  });
});
