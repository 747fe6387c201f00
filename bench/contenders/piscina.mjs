// As its README says: a file of tasks, run by name; one thread, as everybody has. A pool of threads passes no functions.

/** What a program imports for it: the near side, and both. */
export const imports = { near: 'export { Piscina } from "piscina";', page: false };

/** Starts a pool of one. */
export async function openThread() {
  const { Piscina } = await import("piscina");
  const pool = new Piscina({
    filename: new URL("../far/piscina-tasks.mjs", import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
  });
  return {
    echo: (value) => pool.run(value, { name: "echo" }),
    move: (buffer) => pool.run(buffer, { name: "moved", transferList: [buffer] }),
    end: () => pool.destroy(),
  };
}
