import { metaOf, withMeta } from "@portolan/protocol";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type EventHistory, memoryHistory, procedure, publisher } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

type Events = { said: { text: string }; left: string };

describe("publisher", () => {
  it("O-27 gives each subscriber of a topic its events, as a stream that a handler returns, and lets go with it", async () => {
    const events = publisher<Events>();
    const { session, remote, end } = wire({
      said: procedure.handler(({ signal }) => events.subscribe("said", { signal })),
    });
    const streams = await Promise.all([remote.said(), remote.said()]);
    expect(events.subscribers).toBe(2);
    const reads = streams.map((stream) => stream.next());
    await events.publish("left", "bob");
    await events.publish("said", { text: "ahoy" });
    expect(await Promise.all(reads)).toEqual([1, 2].map(() => ({ done: false, value: { text: "ahoy" } })));
    await streams[0]?.return?.();
    await session.ping();
    expect(events.subscribers).toBe(1);
    events.close();
    expect(await streams[1]?.next()).toEqual({ done: true, value: undefined });
    await vi.waitFor(() => expect(events.subscribers).toBe(0));
    await end();
  });

  it("O-27 resumes behind the last event that was seen, without loss or double", async () => {
    const events = publisher<Events>();
    const { remote, end } = wire({
      said: procedure
        .input(z.string().optional())
        .handler(({ input, signal }) => events.subscribe("said", { after: input, signal })),
    });
    const first = await remote.said();
    await events.publish("said", { text: "1" });
    await first.next();
    const last = metaOf(first)?.id;
    await first.return?.();
    await events.publish("said", { text: "2" });
    await events.publish("left", "bob");
    const second = await remote.said(last as string);
    await events.publish("said", { text: "3" });
    expect([(await second.next()).value, (await second.next()).value]).toEqual([{ text: "2" }, { text: "3" }]);
    await second.return?.();
    await end();
  });

  it("says DATA_LOSS where the history does not reach back, also for ids of another process", async () => {
    const events = publisher<Events>({ history: memoryHistory({ events: 2 }) });
    const seen: string[] = [];
    const all = events.subscribe("left");
    for (const name of ["a", "b", "c", "d"]) {
      await events.publish("left", name);
      expect((await all.next()).value).toBe(name);
      seen.push(metaOf(all)?.id as string);
    }
    const textOf = async (after: string) => {
      const stream = events.subscribe("left", { after });
      const { value } = await stream.next();
      await stream.return?.();
      return value;
    };
    expect([await textOf(seen[1] as string), await textOf(seen[2] as string)]).toEqual(["c", "d"]);
    for (const after of [seen[0] as string, "other-1", "nonsense", ""]) {
      expect(await failureOf(events.subscribe("left", { after }).next())).toMatchObject({ code: "DATA_LOSS" });
    }
    await all.return?.();
    await vi.waitFor(() => expect(events.subscribers).toBe(0));
  });

  it.each([
    ["fail", ["1", "2", "RESOURCE_EXHAUSTED"]],
    ["drop-oldest", ["3", "4"]],
    ["drop-newest", ["1", "2"]],
  ] as const)("holds what its buffer takes for one that does not read, then: %s", async (overflow, expected) => {
    const events = publisher<Events>({ buffer: 2, overflow });
    const slow = events.subscribe("left");
    for (const name of ["1", "2", "3", "4"]) await events.publish("left", name);
    events.close();
    const seen: unknown[] = [];
    try {
      for await (const item of slow) seen.push(item);
    } catch (error) {
      seen.push((error as { code: string }).code);
    }
    expect(seen).toEqual(expected);
    await vi.waitFor(() => expect(events.subscribers).toBe(0));
  });

  it("has ids where randomUUID is missing, as in pages on plain http, and no other history knows them", async () => {
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    const [one, other] = [memoryHistory(), memoryHistory()];
    const id = (await one.append("left", "bob")) as string;
    await one.append("left", "eve");
    await other.append("left", "mallory");
    expect(await one.after("left", id)).toMatchObject([{ event: "eve" }]);
    expect(await other.after("left", id)).toBeUndefined();
  });

  it("keeps order, and gives live events once, while a slow history answers", async () => {
    const kept: { id: string; event: unknown }[] = [];
    let answer = () => {};
    const history: EventHistory = {
      append: async (_topic, event) => {
        const id = String(kept.length + 1);
        kept.push({ id, event });
        return id;
      },
      after: (_topic, id) =>
        new Promise((resolve) => {
          answer = () => resolve(kept.filter((stored) => Number(stored.id) > Number(id)));
        }),
    };
    const events = publisher<Events>({ history });
    await events.publish("left", "1");
    const stream = events.subscribe("left", { after: "0" });
    await Promise.all([events.publish("left", "2"), events.publish("left", "3")]);
    answer();
    await events.publish("left", "4");
    events.close();
    const seen: unknown[] = [];
    for await (const item of stream) seen.push(item);
    expect(seen).toEqual(["1", "2", "3", "4"]);
  });

  it("tells whoever publishes when the history fails, and nobody else; the next event goes on", async () => {
    let fail = true;
    const events = publisher<Events>({
      history: {
        append: async () => {
          if (fail) throw new Error("disk full");
          return "1";
        },
        after: () => [],
      },
    });
    const stream = events.subscribe("left");
    expect((await failureOf(events.publish("left", "lost"))).message).toBe("disk full");
    fail = false;
    await events.publish("left", "kept");
    expect((await stream.next()).value).toBe("kept");
    events.close();
  });

  it("gives events as they are to whoever reads them here, and their ids to those who pass some of them on", async () => {
    const events = publisher<Events>();
    const { remote, end } = wire({
      aloud: procedure.handler(async function* ({ signal }) {
        const all = events.subscribe("said", { signal });
        for await (const event of all)
          if (event.text === event.text.toUpperCase()) yield withMeta(event, metaOf(all) ?? {});
      }),
    });
    const here = events.subscribe("said");
    const stream = await remote.aloud();
    const next = stream.next();
    await vi.waitFor(() => expect(events.subscribers).toBe(2));
    await events.publish("said", { text: "psst" });
    await events.publish("said", { text: "AHOY" });
    const heard: unknown[] = [];
    for await (const event of here) {
      heard.push([event.text, typeof metaOf(here)?.id]);
      if (heard.length === 2) break;
    }
    expect(heard).toEqual([
      ["psst", "string"],
      ["AHOY", "string"],
    ]);
    expect(await next).toEqual({ done: false, value: { text: "AHOY" } });
    expect(metaOf(stream)?.id).toBe(metaOf(here)?.id);
    await stream.return?.();
    await vi.waitFor(() => expect(events.subscribers).toBe(0));
    await end();
  });
});
