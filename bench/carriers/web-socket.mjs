import { fork } from "node:child_process";
import { once } from "node:events";
import { contender, processorTime as ours } from "./contender.mjs";

const server = new URL("../far/socket-server.mjs", import.meta.url);

/** A contender that is reached in a child process over a WebSocket; undefined when it has none. */
export async function openWebSocket(name) {
  const { cannot, connectSocket } = await contender(name);
  if (!connectSocket) return undefined;
  const child = fork(server, [name]);
  const port = await new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message.port));
    child.once("exit", (code) => reject(new Error(`its server ended with exit code ${code}`)));
  });
  const side = await connectSocket(`ws://127.0.0.1:${port}`);
  return {
    cannot,
    ...side,
    async processorTime() {
      child.send("processor time");
      const [theirs] = await once(child, "message");
      return ours() + theirs;
    },
    end: () => child.kill(),
  };
}
