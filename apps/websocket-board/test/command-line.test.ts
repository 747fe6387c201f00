import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../src/server/command-line.ts";

describe("the command line of the board", () => {
  it.each([
    [[], { kind: "serve", port: 5180 }],
    [["--port", "0"], { kind: "serve", port: 0 }],
    [["-p", "8080"], { kind: "serve", port: 8080 }],
    [["--help"], { kind: "help" }],
    [["--port", "99999"], { kind: "misuse", why: '--port takes a number from 0 to 65535, got "99999"' }],
    [["--port", "x"], { kind: "misuse", why: '--port takes a number from 0 to 65535, got "x"' }],
    [["--port", ""], { kind: "misuse", why: '--port takes a number from 0 to 65535, got ""' }],
    [["--port"], { kind: "misuse", why: expect.stringContaining("argument missing") }],
    [["--bogus"], { kind: "misuse", why: expect.stringContaining("Unknown option") }],
    [["8080"], { kind: "misuse", why: expect.stringContaining("8080") }],
  ])("reads %j", (args, command) => {
    expect(parseCommandLine(args)).toEqual(command);
  });

  it("a taken port is a sentence and exit code 1, not a stack", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const program = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));
    const board = spawn(process.execPath, [program, "--port", String(port)]);
    let said = "";
    board.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    const [code] = (await once(board, "close")) as [number];
    taken.close();
    expect([code, said]).toEqual([
      1,
      `websocket-board: port ${port} cannot be used (something else is there): choose another by --port\n`,
    ]);
  });
});
