import { describe, expect, it } from "vitest";
import { openSession, RpcTarget, release, retain, transportPair } from "../src/index.ts";

class Door extends RpcTarget {
  readonly #closed: () => void;
  constructor(closed: () => void) {
    super();
    this.#closed = closed;
  }
  knock(): string {
    return "come in";
  }
  [Symbol.dispose](): void {
    this.#closed();
  }
}

describe("what is owned", () => {
  it("R-08 R-09 a plain result releases the stubs inside it when its block ends", async () => {
    let closed = 0;
    const api = { house: () => ({ name: "ours", doors: [new Door(() => closed++), new Door(() => closed++)] }) };
    const { client, server, close } = open<typeof api>(api);
    {
      using house = (await client.remote.house()) as unknown as { name: string; doors: Door[] } & Disposable;
      expect(await house.doors[1]?.knock()).toBe("come in");
      expect(Object.keys(house)).toEqual(["name", "doors"]);
      expect(server.stats().exports).toBe(2);
    }
    await client.ping();
    expect(closed).toBe(2);
    expect([client.stats().stubs, server.stats().exports]).toEqual([0, 0]);
    await close();
  });

  it("R-08 one release leaves another holder's hold alone, and repeating it does no harm", async () => {
    const held: (() => Promise<number>)[] = [];
    const api = {
      keep(callback: () => number) {
        held.push(retain(callback) as never, retain(callback) as never);
      },
      async use() {
        release(held[0]);
        release(held[0]);
        return held[1]?.();
      },
      drop: () => release(held[1]),
    };
    const { client, server, close } = open<typeof api>(api);
    await client.remote.keep(() => 7);
    expect(await client.remote.use()).toBe(7);
    await client.remote.drop();
    await client.ping();
    expect([client.stats().exports, server.stats().stubs]).toEqual([0, 0]);
    await close();
  });
});

function open<Api>(api: object) {
  const [near, far] = transportPair();
  const server = openSession(far, { expose: api });
  const client = openSession<Api>(near) as ReturnType<typeof openSession<Api>> & {
    remote: import("../src/index.ts").Remote<Api>;
  };
  return { client, server, close: () => client.close() };
}
