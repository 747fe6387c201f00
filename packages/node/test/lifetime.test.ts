import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { openSession } from "@portolan/protocol";
import { expect, it } from "vitest";
import { socketListener } from "../src/index.ts";
import { fixture, socketPath } from "./support/places.ts";
import { within } from "./support/within.ts";

it.each(["tcp", "unix", "spawn", "fork"])("F23 an idle client over %s does not keep its process", async (kind) => {
  const { path, remove } = socketPath();
  const listener = socketListener(kind === "unix" ? { path } : { port: 0 });
  listener.accept(
    (transport) => void openSession(transport, { expose: { add: (a: number, b: number) => a + b } }),
    unexpected,
  );
  await listener.ready;
  const place = kind === "unix" ? path : String((listener.address as { port: number }).port);
  const [answer, after] = (await run("idle-client.mjs", kind, place)).split("\n");
  expect(answer).toBe("3");
  expect(Number(after)).toBeLessThan(within(1_000));
  await listener.close();
  remove();
});

it("a call that waits for an answer keeps its process until the answer comes", async () => {
  let answered = false;
  const server = createServer();
  const listener = socketListener({ server });
  const add = (a: number, b: number) =>
    new Promise((resolve) =>
      setTimeout(() => {
        answered = true;
        resolve(a + b);
      }, 300),
    );
  listener.accept((transport) => void openSession(transport, { expose: { add } }), unexpected);
  server.listen(0, "127.0.0.1");
  await listener.ready;
  expect(await run("idle-client.mjs", "tcp", String((listener.address as { port: number }).port))).toMatch(/^3\n/);
  expect(answered).toBe(true);
  await listener.close();
  server.close();
});

it("a child that is yours, and its channel, keep their processes after a session on them as they do without one", async () => {
  expect(await run("own-child.mjs")).toBe("5\n");
});

/** Runs a fixture to its end and returns what it printed. */
function run(name: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fixture(name), ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });
}

/** Nobody is refused in these tests. */
function unexpected(error: unknown): never {
  throw error;
}
