import type { ChildProcess } from "node:child_process";
import { hasExited } from "./child-ending.ts";

/** Milliseconds after which a child that was asked to end gets SIGTERM, and SIGKILL. */
const politeness = 2_000;
const lastWarning = 4_000;

/**
 * Ends a child that is ours: `ask` closes its input or channel, on which a proper
 * one exits by itself; one that does not is killed. Nothing of this keeps our own
 * process alive.
 */
export function endChild(child: ChildProcess, ask: () => void): void {
  const quiet = () => {};
  child.on("error", quiet);
  if (hasExited(child) || child.pid === undefined) {
    child.off("error", quiet);
    return;
  }
  const timers = [
    setTimeout(() => child.kill("SIGTERM"), politeness),
    setTimeout(() => child.kill("SIGKILL"), lastWarning),
  ];
  for (const timer of timers) timer.unref();
  child.once("exit", () => {
    for (const timer of timers) clearTimeout(timer);
    child.off("error", quiet);
    child.off("message", quiet);
  });
  // Messages that were read together with the last one come when the channel is closed already, and Node throws at
  // everybody when nobody listens to them then.
  child.on("message", quiet);
  ask();
}
