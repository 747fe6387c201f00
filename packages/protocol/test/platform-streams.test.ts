import { describe, expect, it } from "vitest";
import { open, turns } from "./sessions.ts";

describe("streams of the platform", () => {
  it("M-20 a ReadableStream arrives as one, and its cancel reaches the source", async () => {
    let cancelled: unknown;
    const pair = open({
      read: () =>
        new ReadableStream({
          pull(controller) {
            controller.enqueue("chunk");
          },
          cancel(reason) {
            cancelled = reason;
          },
        }),
    });
    const stream: ReadableStream = await pair.remote.read();
    expect(Object.prototype.toString.call(stream)).toBe("[object ReadableStream]");
    const reader = stream.getReader();
    expect(await reader.read()).toEqual({ done: false, value: "chunk" });
    await reader.cancel(new Error("no more"));
    await turns();
    expect(String(cancelled)).toContain("no more");
    await pair.done();
  });

  it("M-20 a WritableStream takes what is written over there, as fast as it can, and closes", async () => {
    const written: unknown[] = [];
    let closed = false;
    const pair = open({
      async write(sink: WritableStream) {
        const writer = sink.getWriter();
        for (let n = 0; n < 600; n++) {
          await writer.ready;
          await writer.write(n);
        }
        await writer.close();
      },
    });
    const sink = new WritableStream({
      write(chunk) {
        written.push(chunk);
      },
      close() {
        closed = true;
      },
    });
    await pair.remote.write(sink);
    await turns();
    expect(written).toEqual(Array.from({ length: 600 }, (_, n) => n));
    expect(closed).toBe(true);
    await pair.done();
  });

  it("a WritableStream that fails tells who writes", async () => {
    const pair = open({
      async write(sink: WritableStream) {
        const writer = sink.getWriter();
        try {
          for (;;) await writer.write("x");
        } catch (error) {
          return String(error);
        }
      },
    });
    const sink = new WritableStream({
      write() {
        throw new Error("disk full");
      },
    });
    expect(await pair.remote.write(sink)).toContain("disk full");
    await pair.client.close();
    await pair.server.close();
  });
});
