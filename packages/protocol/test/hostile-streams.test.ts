import { describe, expect, it } from "vitest";
import { source } from "./counting-source.ts";
import { hostile, type Loose, promised, turns } from "./sessions.ts";

describe("a hostile producer or consumer", () => {
  async function reading(options = {}) {
    const peer = hostile({}, options);
    const asked = promised((peer.session.remote as Loose).list());
    await turns();
    peer.send([3, 1, null, [[20, [], 7, 0]], 1]);
    const stream = (await asked) as AsyncIterator<unknown>;
    const first = stream.next();
    first.catch(() => {});
    await turns();
    return { peer, stream, first };
  }

  it("that sends more items than it was granted is closed", async () => {
    const { peer, first } = await reading({ limits: { windowItems: 10, maxWindowItems: 10 } });
    peer.send([12, 7, new Array(11).fill(1), 88]);
    await expect(first).rejects.toMatchObject({ code: "PROTOCOL_ERROR" });
    expect(peer.session.ended?.message).toBe("stream 7 sent more than it was granted");
  });

  it("that sends more bytes than it was granted is closed", async () => {
    const { peer } = await reading({ limits: { windowBytes: 1000 } });
    peer.send([12, 7, new Array(30).fill("x".repeat(100)), 3000]);
    await turns();
    expect(peer.session.ended).toMatchObject({ code: "PROTOCOL_ERROR" });
  });

  it("that speaks of streams that are not, or no more, is left alone", async () => {
    const { peer, stream } = await reading();
    peer.send([12, 99, [1], 8], [13, 99], [14, 99, {}], [15, 99, 5, 5], [16, 99, 0], [12, -7, [1], 8]);
    peer.send([13, 7, "done"]);
    peer.send([12, 7, [1], 8], [13, 7], [14, 7, {}]);
    await turns();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(peer.session.ended).toBeUndefined();
    await peer.session.close();
  });

  it("that floods credit gains nothing: totals only grow", async () => {
    const { generate, counts } = source(100);
    const peer = hostile({ list: generate });
    await turns();
    peer.send([1, 1, 0, ["list"], []]);
    await turns();
    for (let n = 0; n < 200; n++) peer.send([15, -1, 5, 1000], [15, -1, 1, 1]);
    await turns();
    expect(counts.pulled).toBe(5);
    await peer.session.close();
    expect(counts.finished).toBe(1);
  });

  it("opens no more streams than the limit", async () => {
    const { generate } = source(1);
    const peer = hostile({ list: generate, take: () => new Promise(() => {}) }, { limits: { streams: 3 } });
    await turns();
    for (let id = 1; id < 6; id++) peer.send([1, id, 0, ["list"], []]);
    peer.send([1, 6, 0, ["take"], [null], [[20, [0], 50, 0]]]);
    await turns();
    expect(peer.session.stats().streams).toBe(3);
    expect(JSON.stringify(peer.heard).match(/the limit of 3 streams is reached/g)).toHaveLength(3);
    await peer.session.close();
  });
});
