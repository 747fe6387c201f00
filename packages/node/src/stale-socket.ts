import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";

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

/** The error of a path that cannot be listened on, with what is wrong there where that is known. Keeps its code. */
export async function explained(path: string, error: NodeJS.ErrnoException): Promise<Error> {
  const why = (await missingFolder(path)) ?? (error.code === "EADDRINUSE" ? await stranger(path) : undefined);
  if (why === undefined) return error;
  return Object.assign(new Error(`cannot listen on ${path}: ${why}`, { cause: error }), { code: error.code });
}

async function missingFolder(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const there = path.startsWith("\0") || (await lstat(folder).catch(() => undefined));
  return there ? undefined : `there is no folder ${folder}`;
}

async function stranger(path: string): Promise<string | undefined> {
  const there = await lstat(path).catch(() => undefined);
  if (!there || there.isSocket()) return undefined;
  return "what is there is no socket, and is left alone: remove it, or choose another path";
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
