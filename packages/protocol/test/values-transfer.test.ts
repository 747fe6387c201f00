import { describe, expect, it } from "vitest";
import { findTransferables, transfer } from "../src/transfer.ts";
import { downgrade } from "../src/values/downgrade.ts";
import { pack } from "../src/values/pack.ts";
import { unpack } from "../src/values/unpack.ts";
import { carry, packing, reading } from "./values-carrier.ts";

const large = 16_384;

describe("what is marked by transfer()", () => {
  it("M-04 moves its buffers, once each, and what refers to them arrives with them", () => {
    const buffer = new ArrayBuffer(8);
    const view = new Uint8Array(buffer).fill(3);
    const packed = pack(transfer({ buffer, again: [buffer], view }), packing("clone", { moves: "all" }));
    expect(packed).toMatchObject({ transfer: [buffer], moved: true });
    const copy = carry("clone", packed)[0] as { buffer: ArrayBuffer; again: ArrayBuffer[]; view: Uint8Array };
    expect(buffer.byteLength).toBe(0);
    expect(copy.again[0]).toBe(copy.buffer);
    expect(copy.view.buffer).toBe(copy.buffer);
    expect([...copy.view]).toStrictEqual([3, 3, 3, 3, 3, 3, 3, 3]);
  });

  it("copies a view that covers only part of its buffer", () => {
    const view = new Uint8Array(16).subarray(4, 8);
    const packed = pack(transfer(view), packing("clone", { moves: "all" }));
    expect(packed).toMatchObject({ transfer: [], moved: false });
    expect((packed.data as Uint8Array).buffer.byteLength).toBe(4);
  });

  it("is copied where the transport cannot move it", () => {
    const view = new Uint8Array([1]);
    for (const options of [packing("clone"), packing("clone", { moves: "ports" }), packing("json", { moves: "all" })]) {
      const packed = pack(transfer([view]), options);
      expect(packed).toMatchObject({ transfer: [], moved: false });
    }
    expect(view.byteLength).toBe(1);
  });

  it("moves ports where ports are moved, and refuses them elsewhere", () => {
    for (const moves of ["ports", "all"] as const) {
      const { port1 } = new MessageChannel();
      const packed = pack(transfer([port1]), packing("clone", { moves }));
      expect(packed).toMatchObject({ transfer: [port1], moved: true, plain: false });
    }
    const { port1 } = new MessageChannel();
    expect(() => pack(transfer([port1]), packing("clone"))).toThrow(
      /value\[0\] .*this transport cannot move a MessagePort/,
    );
    expect(() => pack(transfer([port1]), packing("json", { moves: "all" }))).toThrow(/cannot move a MessagePort/);
    expect(() => pack([port1], packing("clone", { moves: "all" }))).toThrow(/mark it with transfer/);
  });

  it("moves streams where everything is moved; elsewhere they cross by reference", () => {
    const stream = new ReadableStream();
    expect(pack(transfer(stream), packing("clone", { moves: "all" })).transfer).toStrictEqual([stream]);
    expect(pack(transfer(stream), packing("clone", { moves: "ports" })).table).toHaveLength(1);
  });

  it("is marked for one message only", () => {
    const view = transfer(new Uint8Array([1]));
    expect(pack(view, packing("clone", { moves: "all" })).moved).toBe(true);
    expect(pack(view, packing("clone", { moves: "all" })).moved).toBe(false);
  });

  it("keeps its mark when it was refused", () => {
    const view = transfer(new Uint8Array([1]));
    expect(() => pack([view, new WeakMap()], packing("clone", { moves: "all" }))).toThrow();
    expect(pack([view], packing("clone", { moves: "all" })).moved).toBe(true);
  });

  it("may be anything: what cannot be marked is returned as it is", () => {
    expect(transfer("x")).toBe("x");
    expect(transfer(null)).toBe(null);
  });
});

describe("copies of large bytes", () => {
  it("are moved, which the user does not see", () => {
    const view = new Uint8Array(large);
    const packed = pack([view, view], packing("clone", { moves: "all" }));
    expect(packed).toMatchObject({ moved: false });
    expect(packed.transfer).toHaveLength(1);
    expect(packed.transfer[0]).not.toBe(view.buffer);
    expect(pack(new Uint8Array(large - 1), packing("clone", { moves: "all" })).transfer).toHaveLength(0);
    expect(pack(view, packing("clone", { moves: "ports" })).transfer).toHaveLength(0);
  });
});

describe("findTransferables (O-14)", () => {
  it("finds buffers, ports and streams at any depth, once each", () => {
    const { port1 } = new MessageChannel();
    const buffer = new ArrayBuffer(1);
    const stream = new ReadableStream();
    const value: Record<string, unknown> = {
      a: [new Uint8Array(buffer), buffer],
      m: new Map([[port1, { stream }]]),
      s: new Set([stream]),
    };
    value["self"] = value;
    expect(findTransferables(value)).toStrictEqual([buffer, port1, stream]);
    expect(findTransferables("x")).toStrictEqual([]);
  });
});

describe("a value packed for a carrier that clones, while the peer's way is not known", () => {
  const options = packing("json", { attachments: true });

  it("carries bytes as they are and everything else as JSON", () => {
    const value = {
      at: new Date(1),
      bytes: new Uint8Array([1, 2]),
      floats: new Float32Array([1]),
      raw: new ArrayBuffer(2),
    };
    const packed = pack(value, options);
    expect(packed.plain).toBe(false);
    expect(packed.data).toStrictEqual({
      at: 1,
      bytes: new Uint8Array([1, 2]),
      floats: new Uint8Array([0, 0, 128, 63]),
      raw: new Uint8Array(2),
    });
    const [data, table] = carry("clone", packed);
    expect(unpack(data, table, reading())).toStrictEqual(value);
  });

  it("becomes pure JSON when the way turns out to carry no more", () => {
    const value = { bytes: new Uint8Array([1, 2]), map: new Map([[1n, new DataView(new ArrayBuffer(1))]]) };
    const packed = downgrade(pack(value, options), "args");
    expect(packed).toMatchObject({ plain: true, transfer: [] });
    const [data, table] = carry("json", packed);
    expect(unpack(data, table, reading())).toStrictEqual(value);
    const [root] = carry("json", downgrade(pack(new Uint8Array([1]), options), "args"));
    expect(root).toBe("AQ==");
  });

  it("refuses then what only a carrier that clones takes", () => {
    const packed = pack([{ blob: new Blob(["x"]) }], options);
    expect(() => downgrade(packed, "args")).toThrow(/^args\[0\]\.blob cannot cross/);
  });
});
