import { describe, expect, it } from "vitest";
import { defineTransport, openSession, type TransportEvents } from "../src/index.ts";

/** A port that takes what is sent, and the way to end it from outside. */
function port() {
  let events: TransportEvents | undefined;
  const sent: unknown[] = [];
  const transport = defineTransport({
    traits: { carries: "clone" },
    peer: { kind: "test" },
    open(given) {
      events = given;
      return { send: (message) => void sent.push(message), close() {} };
    },
  });
  return { transport, sent, end: (reason: Parameters<TransportEvents["end"]>[0]) => events?.end(reason) };
}

describe("a transport that ends before anybody heard", () => {
  it.each([
    ["no", { delivered: "no" }],
    ["unknown", {}],
  ] as const)("calls that had left reject with delivered: %s, as its reason says", async (delivered, said) => {
    const { transport, sent, end } = port();
    const session = openSession<{ add(a: number, b: number): number }>(transport);
    const call = session.remote.add(1, 2);
    call.catch(() => {});
    await Promise.resolve();
    expect(sent.length).toBeGreaterThan(0);
    end({ code: "PERMISSION_DENIED", message: "turned away", by: "remote", ...said });
    await expect(call).rejects.toMatchObject({ code: "PERMISSION_DENIED", message: "turned away", delivered });
    await expect(session.remote.add(1, 2)).rejects.toMatchObject({ delivered: "no" });
    expect(session.ended).toMatchObject({ code: "PERMISSION_DENIED" });
  });
});
