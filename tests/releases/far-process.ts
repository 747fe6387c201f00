import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A serving process, and what it says of its peers. */
export interface FarProcess {
  readonly url: string;
  /** Every failure that it reported. */
  readonly failures: readonly { readonly code?: string; readonly message: string }[];
  stop(): Promise<void>;
}

/** Starts the serving program. Resolves when it listens. */
export async function startFar(program: string): Promise<FarProcess> {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const failures: { code?: string; message: string }[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line) as { port: number } | { code?: string; message: string };
      if ("port" in said) resolve(said.port);
      else failures.push(said);
    });
  });
  return { url: `ws://127.0.0.1:${port}`, failures, stop: () => stopped(child) };
}

/** Runs the calling program to its end. Resolves with what it printed. */
export async function runNear(program: string, args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, ["--expose-gc", program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`the client ended with ${code} and said ${text}`);
  return JSON.parse(text);
}

async function stopped(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  await exited;
}
