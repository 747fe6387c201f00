// As its README says: a file of tasks, run by name; one thread, as everybody has. A pool of threads passes no functions.

/** What a program imports for it: the near side, and both. */
export const imports = { near: 'export { Tinypool } from "tinypool";', page: false };

/** Starts a pool of one. */
export async function openThread() {
  const { Tinypool } = await import("tinypool");
  const pool = new Tinypool({
    filename: new URL("../far/tinypool-tasks.mjs", import.meta.url).href,
    runtime: "worker_threads",
    minThreads: 1,
    maxThreads: 1,
  });
  return {
    echo: (value) => pool.run(value, { name: "echo" }),
    move: (buffer) => pool.run(buffer, { name: "moved", transferList: [buffer] }),
    end: () => pool.destroy(),
  };
}
