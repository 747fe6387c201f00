import { openSession, RpcError } from "@portolan/protocol";
import { afterEach, expect, it, vi } from "vitest";
import { privatePortTransport } from "../src/private-port.ts";

const ports: MessagePort[] = [];

afterEach(() => {
  vi.useRealTimers();
  for (const port of ports.splice(0)) port.close();
});

function channel(): MessageChannel {
  const made = new MessageChannel();
  ports.push(made.port1, made.port2);
  return made;
}

const page = { peer: { kind: "page" }, trusted: false } as const;

it("a call whose content script is destroyed without a word rejects, and nothing ticks before or after", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { port1, port2 } = channel();
  const transport = privatePortTransport(port1 as never, { ...page, watch: true });
  const there = privatePortTransport(port2 as never, page);
  const server = openSession(there, { expose: { hang: () => new Promise(() => {}), echo: (value: unknown) => value } });
  const client = openSession(transport);
  const remote = client.remote as { hang(): Promise<never>; echo(value: number): Promise<number> };
  expect(await remote.echo(1)).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
  const hanging = Promise.resolve(remote.hang()).catch((error: unknown) => RpcError.from(error));
  await remote.echo(2);
  expect(vi.getTimerCount()).toBe(1);
  for (let tick = 0; tick < 20; tick++) {
    vi.advanceTimersByTime(2000);
    // Whoever lives answers in its turn.
    expect(await remote.echo(tick)).toBe(tick);
  }
  expect(transport.ended).toBeUndefined();
  // What Firefox does to content scripts of an extension that is reloaded: no code of theirs runs any more.
  Object.assign(port2, { onmessage: null });
  const deaf = vi.spyOn(port2, "postMessage").mockImplementation(() => {});
  vi.advanceTimersByTime(6000);
  const error = await hanging;
  expect(error).toMatchObject({ code: "UNAVAILABLE", delivered: "unknown" });
  expect((error as Error).message).toContain("the content script is gone");
  expect(vi.getTimerCount()).toBe(0);
  deaf.mockRestore();
  await server.close();
});

it("an end that is told needs no question", async () => {
  const { port1, port2 } = channel();
  const transport = privatePortTransport(port1 as never, { ...page, watch: true });
  const there = privatePortTransport(port2 as never, page);
  there.close();
  expect(await transport.closed).toMatchObject({ code: "OK", by: "remote" });
});
