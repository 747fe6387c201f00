// As its README says: a script that registers functions, called by name; one thread, as everybody has. Items come as
// events, without flow control. A pool of threads passes no functions.
import { fileURLToPath } from "node:url";
import { tally } from "./waves.mjs";

/** What a program imports for it: the near side, and both. */
export const imports = { near: 'export { default } from "workerpool";', page: false };

/** Starts a pool of one. */
export async function openThread() {
  const { default: workerpool } = await import("workerpool");
  const script = fileURLToPath(new URL("../far/workerpool-tasks.mjs", import.meta.url));
  const pool = workerpool.pool(script, { minWorkers: 1, maxWorkers: 1, workerType: "thread" });
  return {
    echo: (value) => pool.exec("echo", [value]),
    move: (buffer) => pool.exec("moved", [buffer], { transfer: [buffer] }),
    async stream(items) {
      const seen = tally(items);
      await pool.exec("push", [items], { on: seen.take });
      seen.end();
    },
    end: () => pool.terminate(true),
  };
}
