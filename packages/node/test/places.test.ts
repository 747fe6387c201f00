import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Listener, openSession, type SessionSource } from "@portolan/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  forkTransport,
  type NativeMessagingOptions,
  nativeMessagingListener,
  type SocketListenerOptions,
  type SocketPlace,
  socketConnector,
  socketListener,
  socketTransport,
} from "../src/index.ts";
import { serveSockets } from "./support/ends.ts";
import { socketPath } from "./support/places.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan places \u00fc-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("where sockets listen and connect", () => {
  it("a place that is none, or more than one, is a TypeError that says what is expected", () => {
    const listen = (options: unknown) => () => socketListener(options as SocketListenerOptions);
    const dial = (place: unknown) => () => socketConnector(place as SocketPlace);
    for (const nothing of [undefined, 8080, "/a.sock", {}, { port: undefined }, { path: undefined }]) {
      expect(listen(nothing)).toThrow(/expected one of { port }, { path } and { server }/);
      expect(dial(nothing)).toThrow(/expected { port }, { path } or a function that makes a socket/);
    }
    for (const make of [listen, dial]) {
      expect(make({ port: 0, path: "/a.sock" })).toThrow(/got both/);
      expect(make({ path: "" })).toThrow(/expected the path of a socket, got ""/);
      for (const port of [-1, 65_536, 1.5, "8080", Number.NaN]) {
        expect(make({ port })).toThrow(/expected a port, an integer from 0 to 65535/);
      }
    }
    expect(listen({ server: {} })).toThrow(/expected { server } to be one of node:net/);
    expect(listen({ server: createServer(), port: 0 })).toThrow(/and no other place/);
    expect(listen({ port: undefined, path: "/a.sock" })).not.toThrow();
  });

  it("a native host's allow that would let in others than meant, or nobody, is a TypeError", () => {
    const listen = (allow: unknown) => () => nativeMessagingListener({ allow } as NativeMessagingOptions);
    for (const allow of ["chrome-extension://abc/", [""], [5], ["chrome-extension://abc"], true]) {
      expect(listen(allow)).toThrow(/expected allow to be a list such as \["chrome-extension:\/\/<id>\/"/);
    }
    expect(listen(["chrome-extension://abc/", "name@example.org"])).not.toThrow();
    expect(listen(undefined)).not.toThrow();
  });

  it("what is no socket, and a child without a channel, are TypeErrors that name the way", async () => {
    for (const none of [undefined, {}, "x", () => 5]) {
      expect(() => socketTransport(none as Socket)).toThrow(/expected a socket of node:net/);
    }
    for (const none of [null, {}, "worker.js", () => 5]) {
      expect(() => forkTransport(none as ChildProcess)).toThrow(/expected a child of fork/);
    }
    const spawned = spawn(process.execPath, ["-e", "0"]);
    expect(() => forkTransport(spawned)).toThrow(/others take spawnTransport/);
    await new Promise((resolve) => spawned.once("close", resolve));
  });

  it("calls to where nobody listens were surely not delivered, and the error says what was tried", async () => {
    const { path, remove } = socketPath();
    for (const [dial, says] of [
      [() => connect(path), `could not connect: connect ENOENT ${path}`],
      [() => connect(1, "127.0.0.1"), "could not connect: connect ECONNREFUSED 127.0.0.1:1"],
    ] as const) {
      const session = openSession<{ add(a: number, b: number): number }>(socketTransport(dial));
      await expect(session.remote.add(1, 2)).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: says,
        delivered: "no",
      });
    }
    // As Node tells of a name with two addresses.
    const socket = connect({ port: 1, host: "two.addresses", lookup: () => {} });
    const session = openSession<{ add(a: number, b: number): number }>(socketTransport(socket));
    const call = session.remote.add(1, 2);
    await new Promise(setImmediate);
    socket.destroy(
      Object.assign(new AggregateError([new Error("connect ECONNREFUSED ::1:1")]), { code: "ECONNREFUSED" }),
    );
    await expect(call).rejects.toMatchObject({ message: "could not connect: ECONNREFUSED", delivered: "no" });
    remove();
  });

  it("a function that makes no socket ends the connector, since trying again cannot help", async () => {
    const { calls } = failing(socketConnector((() => ({})) as unknown as SocketPlace));
    await expect(calls).rejects.toMatchObject({ code: "INVALID_ARGUMENT", delivered: "no" });
  });

  it("the path of a Unix socket may be as long as the system lets it, and no longer", async () => {
    const longest = process.platform === "linux" ? 107 : 103;
    const path = (bytes: number) => join(folder, "x".repeat(bytes - Buffer.byteLength(folder) - 1));
    const served = await serveSockets({ path: path(longest) });
    const { client } = served.dial();
    await served.next();
    client.close();
    await served.close();
    const tooLong = { code: "INVALID_ARGUMENT", message: expect.stringContaining(`at most ${longest} bytes here`) };
    await expect(heard({ path: path(longest + 1) }).ready).rejects.toMatchObject(tooLong);
    await expect(failing(socketConnector({ path: path(longest + 1) })).calls).rejects.toMatchObject(tooLong);
    expect(existsSync(path(longest))).toBe(false);
  });

  it("what stands in the way of a Unix socket is named and left alone", async () => {
    const file = join(folder, "notes.txt");
    writeFileSync(file, "precious");
    await expect(heard({ path: file }).ready).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: `cannot listen on ${file}: what is there is no socket, and is left alone: remove it, or choose another path`,
    });
    expect(readFileSync(file, "utf8")).toBe("precious");
    const lost = join(folder, "no", "such", "a.sock");
    await expect(heard({ path: lost }).ready).rejects.toThrow(`there is no folder ${join(folder, "no", "such")}`);
  });

  it("a listener that is closed while it looks its host up, or clears its path, does not listen after all", async () => {
    const stale = spawn(
      process.execPath,
      ["-e", "require('net').createServer().listen('a.sock', () => process.abort())"],
      {
        cwd: folder,
        stdio: "ignore",
      },
    );
    await once(stale, "exit");
    for (const place of [{ port: 0, host: "localhost" }, { path: join(folder, "a.sock") }]) {
      const listener = heard(place);
      await listener.close();
      await expect(listener.ready).rejects.toThrow("the server was closed before it listened");
    }
    expect(existsSync(join(folder, "a.sock"))).toBe(false);
    await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain("TCPServerWrap"));
  });

  it("a listener that was closed before it was served can be served", async () => {
    const listener = socketListener({ port: 0 });
    await listener.close();
    listener.accept(unexpected, unexpected);
    await listener.ready;
    await listener.close();
    expect(listener.address).toBe(null);
  });

  it("serving one listener twice is a TypeError, and it may be served again once it is closed", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const listener = socketListener({ server });
    const accept = () => listener.accept(unexpected, unexpected);
    accept();
    expect(accept).toThrow(/served already/);
    expect(server.listenerCount("connection")).toBe(1);
    await listener.close();
    accept();
    await listener.close();
    expect(server.listenerCount("connection")).toBe(0);
    server.close();
    await once(server, "close");
  });
});

/** A listener that has been told to listen. */
function heard(options: SocketListenerOptions): Listener {
  const listener = socketListener(options);
  listener.accept(unexpected, () => {});
  return listener;
}

/** A first call through a source. */
function failing(source: SessionSource): { readonly calls: Promise<unknown> } {
  const opened = source.open({});
  const calls = Promise.resolve(opened.session()).finally(() => opened.close());
  return { calls };
}

function unexpected(what: unknown): void {
  throw new Error(`unexpected: ${String(what)}`);
}
