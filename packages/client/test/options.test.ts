import { describe, expect, it, vi } from "vitest";
import { notify, withOptions } from "../src/index.ts";
import { failureOf, wire } from "./wire.ts";

const api = {
  meta(this: { metadata: unknown; remaining: number | undefined; key: string | undefined }) {
    return [this.metadata ?? null, this.remaining === undefined ? "no deadline" : "deadline", this.key ?? "no key"];
  },
  users: {
    meta(this: { metadata: unknown }) {
      return this.metadata ?? null;
    },
  },
  never: () => new Promise<void>(() => {}),
};

describe("withOptions", () => {
  it("F-29 goes on a client, a branch or one function, adds up, and leaves the original alone", async () => {
    const { client, end } = wire(api);
    const traced = withOptions(client, { metadata: { trace: "1" }, timeout: 5000 });
    expect(await traced.meta()).toEqual([{ trace: "1" }, "deadline", "no key"]);
    expect(await withOptions(traced, { metadata: { user: "ada" }, key: "k" }).meta()).toEqual([
      { trace: "1", user: "ada" },
      "deadline",
      "k",
    ]);
    expect(await withOptions(client.users, { metadata: "branch" }).meta()).toBe("branch");
    expect(await withOptions(traced.users.meta, { metadata: { trace: "2" } })()).toEqual({ trace: "2" });
    expect(await client.meta()).toEqual([null, "no deadline", "no key"]);
    await end();
  });

  it("R-20 timeout rejects with DEADLINE_EXCEEDED, signal with CANCELLED, and nothing is left", async () => {
    const { client, server, end } = wire(api);
    expect(await failureOf(withOptions(client, { timeout: 5 }).never())).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    const controller = new AbortController();
    const call = failureOf(withOptions(client.never, { signal: controller.signal })());
    await server.ready;
    controller.abort(new Error("changed my mind"));
    expect(await call).toMatchObject({ code: "CANCELLED", cause: { message: "changed my mind" } });
    await server.ping();
    await client.close();
    await server.close();
    void end;
  });

  it("refuses what is no stub, and times that are none", () => {
    expect(() => withOptions({}, {})).toThrow("expected a client, a branch or a function of one");
    const { client } = wire(api);
    expect(() => withOptions(client, { timeout: -1 })).toThrow("expected timeout to be milliseconds, got -1");
    expect(() => withOptions(client, { idleTimeout: "5" as never })).toThrow("expected idleTimeout");
    return client.close();
  });
});

describe("notify", () => {
  it("R-07 sends and waits for nothing; nothing comes back, not even a failure", async () => {
    const lines: string[] = [];
    const onError = vi.fn();
    const { client, entries, end } = wire(
      {
        log: {
          write(this: { notification: boolean }, line: string) {
            lines.push(`${line} ${this.notification}`);
          },
          boom: () => {
            throw new Error("lost");
          },
        },
      },
      { server: { onError } },
    );
    expect(notify(client.log.write)("one")).toBeUndefined();
    notify(withOptions(client.log, { metadata: 1 }).write)("two");
    notify(client.log.boom)();
    await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
    expect(lines).toEqual(["one true", "two true"]);
    expect(entries.filter(({ kind }) => kind === "resolve" || kind === "reject")).toEqual([]);
    await end();
  });

  it("refuses callbacks and streams, which nothing would end, and a session that has ended", async () => {
    const { client, end } = wire({ on: (_callback: () => void) => {} });
    await client.on(() => {});
    expect(() => notify(client.on)(() => {})).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    await end();
    expect(() => notify(client.on)((() => 1) as never)).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
  });
});
