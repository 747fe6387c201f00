import { describe, expect, it } from "vitest";
import { type Codec, json, ndjson, openSession, RpcError, transportPair } from "../src/index.ts";
import { type Loose, open, promised, turns } from "./sessions.ts";

const api = {
  echo: (value: unknown) => value,
  fail() {
    throw new RpcError("NOT_FOUND", "missing", { data: { id: 1 } });
  },
  bug() {
    throw new TypeError("a defect");
  },
  async *list() {
    yield { n: 1n };
    yield new Uint8Array([1, 2]);
  },
};

const value = {
  at: new Date(5),
  big: 10n ** 30n,
  map: new Map([["k", new Set([undefined, Number.NaN])]]),
  bytes: new Uint8Array([0, 255]),
};

describe("codecs", () => {
  it.each([
    ["json over text", { carries: "text" }, undefined],
    ["ndjson over framed bytes", { carries: "bytes" }, undefined],
    ["ndjson over a stream of bytes", { carries: "bytes", framed: false }, undefined],
    ["clone over json objects", { carries: "json" }, undefined],
    ["json over a port that clones", { carries: "clone" }, json()],
    ["ndjson over a port that clones", { carries: "clone" }, ndjson()],
  ])("F-10 O-08 O-11 carry payloads, errors, chunks and defects alike: %s", async (_name, traits, codec) => {
    const options = codec ? { codec } : {};
    const pair = open(api, { traits: traits as object, client: options, server: options });
    expect(await pair.remote.echo(value)).toEqual(value);
    await expect(promised(pair.remote.fail())).rejects.toMatchObject({ code: "NOT_FOUND", data: { id: 1 } });
    await expect(promised(pair.remote.bug())).rejects.toMatchObject({ code: "INTERNAL", cause: expect.any(TypeError) });
    const items: unknown[] = [];
    for await (const item of pair.remote.list()) items.push(item);
    expect(items).toEqual([{ n: 1n }, new Uint8Array([1, 2])]);
    await pair.done();
  });

  it("F-03 json makes one text of one frame, and names its media type", () => {
    const codec = json();
    expect([codec.name, codec.framed, codec.contentType]).toEqual(["json", false, "application/json"]);
    const session = codec.open();
    expect(session.encode([1, 2])).toBe("[1,2]");
    expect(session.decode("[1,2]")).toEqual([[1, 2]]);
    expect(() => session.decode("no")).toThrow(expect.objectContaining({ code: "PROTOCOL_ERROR" }));
    expect(() => session.decode(7)).toThrow(/expected JSON text, got number/);
    expect(() => session.decode(new Uint8Array(2))).toThrow(
      /expected JSON text, got bytes: do both sides use the same codec\?/,
    );
    expect(json({ contentType: "application/x" }).contentType).toBe("application/x");
  });

  it("F-02 F-04 ndjson keeps partial lines, finds several in one chunk, and cuts no character in two", () => {
    const session = ndjson().open();
    const bytes = session.encode(["⛵ ahoy", 1]) as Uint8Array;
    const frames: unknown[] = [];
    for (const byte of bytes) frames.push(...session.decode(Uint8Array.of(byte)));
    expect(frames).toEqual([["⛵ ahoy", 1]]);
    const both = new Uint8Array([...bytes, ...bytes, 10, 13, 10]);
    expect(session.decode(both)).toEqual([
      ["⛵ ahoy", 1],
      ["⛵ ahoy", 1],
    ]);
  });

  it("F-09 ndjson stops at a line that is too long, or nested too deeply, before it is parsed", () => {
    const session = ndjson().open({ maxBuffer: 100 });
    expect(() => session.decode(new Uint8Array(101).fill(91))).toThrow(
      expect.objectContaining({ code: "RESOURCE_EXHAUSTED" }),
    );
    const guarded = ndjson().open({ guard: { depth: 3, nodes: 100 } });
    expect(() => guarded.decode(`${"[".repeat(5)}${"]".repeat(5)}\n`)).toThrow(
      expect.objectContaining({ code: "RESOURCE_EXHAUSTED" }),
    );
  });

  it("json takes what is as deep and as large as its guard says and nothing beyond, and brackets in a text are none", () => {
    const guarded = json().open({ guard: { depth: 3, nodes: 8 } });
    const within = ["[[[1]]]", '{"a":{"b":[1]}}', '["[[[[{{{{",[[]]]', "[1,2,3,4,5,6,7,8]", '"[[[[{{{{,,,,,,,,"'];
    for (const text of within) expect(guarded.decode(text)).toEqual([JSON.parse(text)]);
    for (const text of ["[[[[1]]]]", '[{"a":[[]]}]', "[1,2,3,4,5,6,7,8,9]", "[[],[],[],[],[]]", `[${"[".repeat(9)}`]) {
      expect(() => guarded.decode(text)).toThrow(expect.objectContaining({ code: "RESOURCE_EXHAUSTED" }));
    }
  });

  it("ndjson hands strangers' lines to who asked for them, and goes on", () => {
    const strays: string[] = [];
    const session = ndjson({ onStray: (line) => void strays.push(line) }).open();
    expect(session.decode("hello from a library\n[1]\n")).toEqual([[1]]);
    expect(strays).toEqual(["hello from a library"]);
    expect(() => ndjson().open().decode("hello\n")).toThrow(expect.objectContaining({ code: "PROTOCOL_ERROR" }));
  });

  it("to who asked for strangers' lines, a log in JSON is one, and one without an end costs a bounded memory", () => {
    const strays: string[] = [];
    const session = ndjson({ onStray: (line) => void strays.push(line) }).open({
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    const printed = [
      '{"level":30,"msg":"hi"}',
      "{ a: 1 }",
      "[ 'a' ]",
      "[info] ready",
      "[12:00:01] begun",
      "10 %",
      "true!",
    ];
    expect(session.decode(`${printed.join("\n")}\n[[0],[1]]\n[2]\n{}\n`)).toEqual([[[0], [1]], [2], {}]);
    expect(strays).toEqual(printed);
    const long = `[1,"${"x".repeat(2_000_000)}"]\n`;
    expect([...long.slice(0, 3), long.slice(3)].flatMap((piece) => session.decode(piece))).toHaveLength(1);
    session.decode("\0".repeat(1024 * 1024));
    expect(() => session.decode("\0")).toThrow(expect.objectContaining({ code: "RESOURCE_EXHAUSTED" }));
  });

  it("F-01 F-08 F-21 anybody's codec will do: a name, what it carries, and two functions", async () => {
    const reversed: Codec = {
      name: "reversed",
      carries: "text",
      framed: false,
      open: () => ({
        encode: (frame) => [...JSON.stringify(frame)].reverse().join(""),
        decode: (data) => [JSON.parse([...String(data)].reverse().join(""))],
      }),
    };
    const pair = open(api, { traits: { carries: "text" }, client: { codec: reversed }, server: { codec: reversed } });
    expect(await pair.remote.echo(value)).toEqual(value);
    await pair.done();
  });

  it("F-05 a stranger's protocol is a codec: JSON-RPC, with its own ids and no hello, in thirty lines", async () => {
    const [here, there] = transportPair({ traits: { carries: "text", trusted: false } });
    const session = openSession(here, { expose: { add: (a: number, b: number) => a + b }, codec: strangers() });
    const heard: Loose[] = [];
    there.receive((message) => void heard.push(JSON.parse(String(message))));
    there.send(JSON.stringify({ jsonrpc: "2.0", id: "a", method: "add", params: [1, 2] }));
    await turns();
    expect(heard).toEqual([{ jsonrpc: "2.0", id: "a", result: 3 }]);
    const call = promised((session.remote as Loose).shout("ahoy"));
    await turns();
    expect(heard[1]).toEqual({ jsonrpc: "2.0", id: 1, method: "shout", params: ["ahoy"] });
    there.send(JSON.stringify({ jsonrpc: "2.0", id: 1, result: "AHOY" }));
    expect(await call).toBe("AHOY");
    await session.close();
  });
});

/** A throw-away JSON-RPC codec: calls and answers only. */
function strangers(): Codec {
  return {
    name: "json-rpc",
    carries: "text",
    framed: false,
    greets: false,
    open() {
      const paths = new Map<number, string>();
      const theirs = new Map<number, unknown>();
      let ids = 0;
      const encodeOne = (message: Loose): object | undefined => {
        const [kind, id, second, third, args] = message;
        if (kind === 7) return void paths.set(id, second.join("."));
        if (kind === 1) {
          const method = typeof third === "number" ? paths.get(third) : third.join(".");
          return { jsonrpc: "2.0", id, method, params: Array.isArray(args) ? args : [args] };
        }
        return kind === 3 ? { jsonrpc: "2.0", id: theirs.get(id), result: second } : undefined;
      };
      return {
        encode(frame) {
          const list = Array.isArray((frame as Loose)[0]) ? (frame as Loose[]) : [frame];
          const written = list.map(encodeOne).filter((one) => one !== undefined);
          if (written.length === 0) return list.every((one) => (one as Loose)[0] === 7) ? "" : undefined;
          return JSON.stringify(written.length === 1 ? written[0] : written);
        },
        decode(data) {
          if (data === "") return [];
          const { id, method, params, result } = JSON.parse(String(data));
          if (method === undefined) return [[3, id, result]];
          theirs.set(++ids, id);
          return [[1, ids, 0, method.split("."), params]];
        },
      };
    },
  };
}
