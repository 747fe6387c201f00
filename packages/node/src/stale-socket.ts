import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";

/**
 * Removes the Unix socket that a killed server left behind, if that is why
 * listening failed. Says whether it did; a path where somebody answers, or that
 * is no socket, is left alone.
 */
export async function removeStaleSocket(path: string, error: unknown): Promise<boolean> {
  if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") return false;
  const there = await lstat(path).catch(() => undefined);
  if (!there?.isSocket() || (await isAnswered(path))) return false;
  await unlink(path);
  return true;
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED"));
  });
}
