import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { within } from "./within.ts";

describe("a process of its own", () => {
  it.each(["factory", "instance"])(
    "F23 ends by itself within 50 ms of its work when its client is idle (worker by %s)",
    async (how) => {
      const { stdout, code } = await run("idle-client.mjs", how);
      expect(code).toBe(0);
      const idle = /^3\nidle for ([\d.]+) ms\n$/.exec(stdout)?.[1];
      expect(Number(idle)).toBeLessThan(within(50));
    },
  );

  it("stays for the answer to a pending call, and then ends", async () => {
    expect(await run("pending-call.mjs")).toEqual({ code: 0, stdout: "answered\n", stderr: "" });
  });

  it("lives on after 100 un-awaited calls to a killed worker", async () => {
    expect(await run("killed-worker.mjs")).toEqual({ code: 0, stdout: "alive\n", stderr: "" });
  });

  it("stays for a call that waits for the next worker, and not for an idle connector", async () => {
    expect(await run("restarted-worker.mjs")).toEqual({ code: 0, stdout: "3\n7\n", stderr: "" });
  });

  it("that serves stays for the worker that calls it, and ends when that worker has nothing left to do", async () => {
    expect(await run("serving-worker.mjs")).toEqual({
      code: 0,
      stdout: "called\nthe worker ended with exit code 0\n",
      stderr: "",
    });
  });
});

function run(fixture: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const path = fileURLToPath(new URL(`./fixtures/${fixture}`, import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [path, ...args], { timeout: 25_000 }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}
