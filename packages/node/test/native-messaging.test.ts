import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { cloneInPieces, defineTransport, openSession, type Transport } from "@portolan/protocol";
import { afterEach, expect, it } from "vitest";
import { NativeFrames } from "../src/native-frames.ts";
import type { Api } from "./support/api.ts";
import { fixture } from "./support/places.ts";

const hosts: ChildProcessWithoutNullStreams[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) {
    host.stdin.end();
    if (host.exitCode === null && host.signalCode === null) await new Promise((resolve) => host.once("exit", resolve));
  }
});

/** What a browser does: starts the host, and carries JSON both ways. */
function connectNative(...args: string[]): { extension: Transport; host: ChildProcessWithoutNullStreams } {
  const host = spawn(process.execPath, [fixture("native-host.mjs"), ...args]);
  hosts.push(host);
  const frames = new NativeFrames();
  const extension = defineTransport({
    traits: { carries: "json" },
    codec: cloneInPieces(),
    open(events) {
      host.stdout.on("data", (chunk) => {
        for (const message of frames.decode(chunk)) events.message(message);
      });
      host.on("exit", () => events.end({ code: "UNAVAILABLE", message: "host exited", by: "remote" }));
      return { send: (message) => void host.stdin.write(frames.encode(message)), close: () => void host.stdin.end() };
    },
  });
  return { extension, host };
}

it("R-02 an extension calls its native host, which knows who it is", async () => {
  const origin = "chrome-extension://knldjmfmopnpolahpmmgbagdohdnhkik/";
  const { extension } = connectNative(origin);
  const session = openSession<Api>(extension);
  expect(await session.remote.add(1, 2)).toBe(3);
  expect(await session.remote.origin()).toBe(origin);
  expect(await session.remote.print("to standard error")).toBe("printed");
  expect(await session.remote.echo({ bytes: new Uint8Array([1, 2]), at: new Date(5) })).toEqual({
    bytes: new Uint8Array([1, 2]),
    at: new Date(5),
  });
  await session.close();
});

it("Firefox tells the path of the manifest and the id", async () => {
  const { extension } = connectNative("/path/to/host.json", "board@example.org");
  const session = openSession<Api>(extension);
  expect(await session.remote.origin()).toBe("board@example.org");
  await session.close();
});

it("an answer beyond the browser's 1 MiB comes in pieces, whatever its characters are in JSON", async () => {
  const { extension } = connectNative("chrome-extension://a/");
  const session = openSession<Api>(extension);
  const sizes: number[] = [];
  const stop = extension.receive((message) => sizes.push(Buffer.byteLength(JSON.stringify(message))));
  expect(await session.remote.text(1_000_000)).toHaveLength(1_000_000);
  for (const text of ["\u0001".repeat(1_100_000), "⛵".repeat(1_100_000)])
    expect(await session.remote.echo(text)).toBe(text);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
  stop();
  await session.close();
});

it("the host exits when the extension disconnects, and when what arrives is no message", async () => {
  const first = connectNative("chrome-extension://a/");
  await openSession<Api>(first.extension).remote.add(1, 1);
  first.extension.close();
  expect(await new Promise((resolve) => first.host.once("exit", resolve))).toBe(0);
  const second = connectNative("chrome-extension://a/");
  second.host.stdin.write(Uint8Array.of(255, 255, 255, 255));
  expect(await new Promise((resolve) => second.host.once("exit", resolve))).toBe(0);
});
