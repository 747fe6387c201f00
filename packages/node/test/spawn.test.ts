import { type ChildProcess, spawn } from "node:child_process";
import { json, openSession, type Session } from "@portolan/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ChildExit, type SpawnTransportOptions, spawnTransport } from "../src/index.ts";
import type { Api } from "./support/api.ts";
import { fixture } from "./support/places.ts";
import { within } from "./support/within.ts";

const sessions: { session: Session<Api>; child: ChildProcess }[] = [];
afterEach(async () => {
  for (const { session, child } of sessions.splice(0)) {
    await session.close();
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once("exit", resolve));
    for (const stream of [child, child.stdin, child.stdout, child.stderr])
      expect(stream?.listenerCount("data")).toBe(0);
    expect(child.listenerCount("exit") + child.listenerCount("close")).toBe(0);
  }
});

function start(options: SpawnTransportOptions = {}, args = [fixture("stdio-server.mjs")]) {
  const transport = spawnTransport(process.execPath, args, { onStderr: () => {}, ...options });
  const session = openSession<Api>(transport);
  const child = transport.peer["child"] as ChildProcess;
  sessions.push({ session, child });
  return { session, remote: session.remote, child, transport };
}

describe("a child on standard input and output", () => {
  it("F-17 calls, callbacks, bytes and streams cross", async () => {
    const { remote, transport } = start();
    expect(transport.peer).toMatchObject({ kind: "child-process", trusted: true });
    expect(() => openSession(transport, { codec: json() })).toThrow(/cannot find its messages/);
    expect(await remote.add(1, 2)).toBe(3);
    expect(await remote.bytes(3)).toEqual(new Uint8Array([7, 7, 7]));
    const heard: number[] = [];
    expect(await remote.each([1, 2, 3], (item: number) => void heard.push(item))).toBe(3);
    expect(heard).toEqual([1, 2, 3]);
    const counted: number[] = [];
    for await (const item of await remote.count(5)) counted.push(item);
    expect(counted).toEqual([0, 1, 2, 3, 4]);
  });

  it("large values cross both ways, and small calls beside them are answered", async () => {
    const { remote } = start();
    const large = 'ü"\\'.repeat(700_000);
    const [echoed, text, sum] = await Promise.all([remote.echo(large), remote.text(3_000_000), remote.add(2, 2)]);
    expect(echoed === large).toBe(true);
    expect(text).toHaveLength(3_000_000);
    expect(sum).toBe(4);
  });

  it("what the child prints with console.log goes to standard error and corrupts nothing", async () => {
    const told: string[] = [];
    const { remote } = start({ onStderr: (text) => told.push(text) });
    expect(await remote.print("hello from the child")).toBe("printed");
    expect(await remote.add(1, 1)).toBe(2);
    expect(told.join("")).toContain("hello from the child");
  });

  it("stray output past every redirection is reported with its text, and the session lives on", async () => {
    const stray: string[] = [];
    const { remote } = start({ onStray: (line) => stray.push(line) });
    expect(await remote.printRaw("Segmentation fault (not really)")).toBe("printed");
    expect(await remote.add(1, 1)).toBe(2);
    expect(stray).toEqual(["Segmentation fault (not really)"]);
  });

  it("what was printed before, without the end of its line, takes no message for it", async () => {
    const stray: string[] = [];
    const before = `process.stdout.write("Enter your name: "); await import(${JSON.stringify(fixture("stdio-server.mjs"))})`;
    const { remote } = start({ onStray: (line) => stray.push(line) }, ["--input-type=module", "-e", before]);
    expect(await remote.add(1, 1)).toBe(2);
    expect(stray).toEqual(["Enter your name: "]);
  });

  it("a log in JSON is stray output, and no message", async () => {
    const stray: string[] = [];
    const { remote } = start({ onStray: (line) => stray.push(line) });
    const line = JSON.stringify({ level: 30, msg: "a logger that writes past process.stdout" });
    expect(await remote.printRaw(line)).toBe("printed");
    expect(await remote.add(1, 1)).toBe(2);
    expect(stray).toEqual([line]);
  });

  it("a child that prints without end leaves the event loop its turns, and the console its room", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { session } = start({}, [
      "-e",
      "const line = Buffer.from('y\\n'.repeat(30_000)); (function print() { process.stdout.write(line, print) })()",
    ]);
    const call = session.remote.add(1, 2);
    call.catch(() => {});
    await vi.waitFor(
      () => expect(warn).toHaveBeenLastCalledWith(expect.stringContaining("give onStray")),
      within(1_000),
    );
    await session.close();
    await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
    expect(warn).toHaveBeenCalledTimes(101);
  });

  it("a child that prints one line without end is given up, in bounded memory", async () => {
    const { session } = start({}, [
      "-e",
      "const dots = Buffer.alloc(30_000, '.'); (function print() { process.stdout.write(dots, print) })()",
    ]);
    await expect(session.remote.add(1, 2)).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  });

  it("stray output is a warning on the console unless somebody listens", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { remote } = start();
    await remote.printRaw("loose words");
    await remote.add(1, 1);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("loose words"));
  });
});

describe("the end of a child", () => {
  it("F4 its exit code is in the error, and calls in flight reject at once", async () => {
    const { remote, session } = start();
    await remote.add(1, 1);
    const pending = remote.never().catch((error: unknown) => error);
    const started = performance.now();
    const failed = remote.exit(3).catch((error: unknown) => error);
    expect(await pending).toMatchObject({ code: "UNAVAILABLE", delivered: "unknown" });
    expect(await failed).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("exited with code 3") });
    expect(performance.now() - started).toBeLessThan(within(1_000));
    expect(((await session.closed).cause as ChildExit).exitCode).toBe(3);
    const late: unknown = await remote.add(1, 1).catch((error: unknown) => error);
    expect(late).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
  });

  it("F4 the signal that killed it is in the error", async () => {
    const { remote, session, child } = start();
    await remote.add(1, 1);
    child.kill("SIGKILL");
    const reason = await session.closed;
    expect(reason).toMatchObject({ code: "UNAVAILABLE", by: "platform", message: expect.stringContaining("SIGKILL") });
    expect(reason.cause).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  });

  it("F6 the tail of standard error is in the error, and nothing crosses the process in between", async () => {
    const { remote, session } = start();
    remote.throwLater().catch(() => {});
    const reason = await session.closed;
    expect(reason.message).toContain("exited with code 1");
    expect(reason.message).toContain("Error: thrown in the child");
    expect((reason.cause as ChildExit).stderr).toContain("thrown in the child");
  });

  it("F5 a command that does not exist ends it with a reason", async () => {
    const transport = spawnTransport("/no/such/command", ["x"]);
    const session = openSession<Api>(transport);
    const refused: unknown = await session.remote.add(1, 1).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "UNAVAILABLE", delivered: "no" });
    expect((await session.closed).message).toMatch(
      /could not be started: spawn \/no\/such\/command ENOENT \(is it installed, and in PATH\?\)$/,
    );
    expect((transport.port as ChildProcess).listenerCount("error")).toBe(0);
  });

  it("F5 a folder that does not exist is named, though Node says that the command is missing", async () => {
    const session = openSession<Api>(spawnTransport(process.execPath, [], { cwd: "/no/such/folder" }));
    expect((await session.closed).message).toMatch(/ENOENT \(there is no folder \/no\/such\/folder\)$/);
  });

  it("F5 where no file descriptor is left, a child that is spawned and one that is forked end with that reason", async (context) => {
    if (process.platform === "win32") context.skip("Windows has no limit of file descriptors to lower.");
    const program = ["ulimit -n 200; exec", process.execPath, fixture("no-descriptors.mjs")].join(" ");
    const child = spawn("/bin/sh", ["-c", program], { stdio: ["ignore", "pipe", "inherit"] });
    const printed = (await child.stdout.toArray()).join("");
    expect(JSON.parse(printed)).toEqual([
      ["UNAVAILABLE", "no", expect.stringMatching(/^the child process "cat" could not be started: spawn cat EMFILE/)],
      [
        "UNAVAILABLE",
        "no",
        expect.stringMatching(/^the child process "never-read.mjs" could not be started: .*EMFILE/),
      ],
    ]);
  });

  it("F5 a program that is none of ours ends it with its exit code and last words", async () => {
    const { session } = start({}, ["-e", "console.error('cannot read config'); process.exit(78)"]);
    const reason = await session.closed;
    expect(reason.message).toMatch(/exited with code 78/);
    expect((reason.cause as ChildExit).stderr).toBe("cannot read config");
  });

  it("a child that closes its output and lives on ends it too", async () => {
    const { session, child } = start({}, ["-e", "require('fs').closeSync(1); setInterval(() => {}, 1000)"]);
    expect(await session.closed).toMatchObject({ code: "UNAVAILABLE", by: "remote" });
    child.kill("SIGKILL");
  });

  it("F22 an answer of 2 MB given just before process.exit() arrives whole", async () => {
    for (let round = 0; round < 3; round++) {
      const { remote, session } = start();
      const value = "x".repeat(2_000_000);
      expect((await remote.exitAfter(0, value)) === value).toBe(true);
      expect((await session.closed).message).toContain("exited with code 0");
    }
  });

  it("a child whose parent goes in the middle of an answer ends by itself, and not by the error of its output", async () => {
    const told: string[] = [];
    const { remote, child } = start({ onStderr: (text) => told.push(text) });
    const exit = new Promise((resolve) => child.once("exit", (...how) => resolve(how)));
    const lost = remote.text(8_000_000).catch((error: unknown) => error);
    child.stdout?.once("data", () => {
      child.stdout?.destroy();
      child.stdin?.destroy();
    });
    expect(await lost).toMatchObject({ code: "UNAVAILABLE" });
    expect(await exit).toEqual([0, null]);
    expect(told).toEqual([]);
  });

  it("closing the session ends the child, which exits by itself", async () => {
    const { remote, session, child } = start();
    await remote.add(1, 1);
    const exit = new Promise((resolve) => child.once("exit", (...how) => resolve(how)));
    await session.close();
    expect(await exit).toEqual([0, null]);
  });

  it("a child that ignores the end of its input is killed", async () => {
    const { session, child } = start({}, ["-e", "setInterval(() => {}, 1000)"]);
    const exit = new Promise((resolve) => child.once("exit", (...how) => resolve(how)));
    await session.close();
    expect(await exit).toEqual([null, "SIGTERM"]);
  });
});
