import { describe, expect, it, vi } from "vitest";
import {
  defineTransport,
  describeEntry,
  giveBack,
  json,
  lengthFramed,
  openSession,
  type TapEntry,
  tap,
  transportPair,
} from "../src/index.ts";
import { type Loose, turns } from "./sessions.ts";

describe("a tap", () => {
  it("tells one line per message: direction, kind, id, path, size, duration", async () => {
    const entries: TapEntry[] = [];
    const [here, there] = transportPair({ traits: { carries: "text" } });
    const server = openSession(there, { expose: { math: { add: (a: number, b: number) => a + b } } });
    const client = openSession(tap(here, { sink: (entry) => void entries.push(entry) }));
    await (client.remote as Loose).math.add(1, 2);
    const call = entries.find(({ kind }) => kind === "call");
    const answer = entries.find(({ kind }) => kind === "resolve");
    expect(call).toMatchObject({ direction: "out", id: 1, path: "math.add", duration: undefined });
    expect(answer).toMatchObject({ direction: "in", id: 1, path: "math.add" });
    expect(answer?.duration).toBeGreaterThanOrEqual(0);
    expect(describeEntry(answer as TapEntry)).toMatch(/^← resolve #1 math\.add \d+ B \d+\.\d ms$/);
    expect(describeEntry(call as TapEntry)).toMatch(/^→ call #1 math\.add \d+ B$/);
    await client.close();
    await server.close();
  });

  it("keeps what it heard of bytes, although their memory is used again", () => {
    const heard: unknown[] = [];
    const codec = lengthFramed();
    const out = codec.open();
    const port = defineTransport({
      traits: { carries: "bytes", framed: false },
      open: () => ({ send: giveBack, close() {} }),
    });
    const tapped = tap(port, { codec, sink: ({ message }) => void heard.push(message) });
    for (const fill of [1, 2]) tapped.send(out.encode([12, 1, [codec.attach?.(new Uint8Array(20_000).fill(fill))], 9]));
    const [[, , [first]], [, , [second]]] = heard as [[number, number, [Uint8Array]], [number, number, [Uint8Array]]];
    expect([first[0], second[0]]).toEqual([1, 2]);
  });

  it("prints to the console by default, and shows what is not ours as foreign", async () => {
    const said = vi.spyOn(console, "log").mockImplementation(() => {});
    const [here, there] = transportPair();
    const tapped = tap(here, { codec: json() });
    tapped.receive(() => {});
    there.send("no message");
    await turns();
    expect(said).toHaveBeenCalledWith(expect.stringMatching(/^portolan ← foreign/));
    said.mockRestore();
  });
});
