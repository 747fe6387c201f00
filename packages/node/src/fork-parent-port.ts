import type { CloseReason, TransportEvents, TransportPort } from "@portolan/protocol";
import { closing } from "./byte-port.ts";
import { IpcPort } from "./ipc-port.ts";
import { KeepAlive } from "./keep-alive.ts";

/** The channel of a forked process to its parent. It stays open: others may use it. */
export function parentPort(events: TransportEvents): TransportPort {
  const disconnected = () => events.end(parentGone);
  const ipc = new IpcPort(process, events, (cause) => events.end({ ...parentGone, by: "platform", cause }));
  process.on("disconnect", disconnected);
  const alive = new KeepAlive(process, [process.channel]);
  if (!process.connected) disconnected();
  return {
    send(message) {
      if (!process.connected) throw closing("the channel to the parent process");
      ipc.send(message);
    },
    blocked: () => ipc.blocked,
    hold: (busy) => alive.hold(busy),
    close() {
      process.off("disconnect", disconnected);
      ipc.detach();
      // Node's own rule: who listens there wants to hear more. In a worker of a cluster, Node does.
      alive.leave(process.listenerCount("message") + process.listenerCount("disconnect") > 0);
    },
  };
}

const parentGone: CloseReason = { code: "UNAVAILABLE", message: "the parent process is gone", by: "remote" };
