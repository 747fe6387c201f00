let scheduler: ((task: () => void) => void) | undefined;

/**
 * Runs `task` in a task of its own, as soon as the runtime allows: after what is
 * ready now, before timers that wait.
 */
export function soon(task: () => void): void {
  scheduler ??= findScheduler();
  scheduler(task);
}

function findScheduler(): (task: () => void) => void {
  const { setImmediate, MessageChannel } = globalThis as unknown as Partial<Schedulers>;
  if (setImmediate) return (task) => void setImmediate(task);
  if (MessageChannel) return channelScheduler(new MessageChannel());
  return (task) => void setTimeout(task, 0);
}

interface Schedulers {
  setImmediate(task: () => void): unknown;
  MessageChannel: new () => Channel;
}

interface Channel {
  readonly port1: { onmessage: (() => void) | null };
  readonly port2: { postMessage(message: null): void };
}

/** Browsers clamp nested timers to 4 ms; a message to ourselves comes at once. */
function channelScheduler({ port1, port2 }: Channel): (task: () => void) => void {
  const tasks: (() => void)[] = [];
  port1.onmessage = () => tasks.shift()?.();
  return (task) => {
    tasks.push(task);
    port2.postMessage(null);
  };
}
