import { Kind, type Transport } from "@portolan/protocol";

/** A transport with one defect, to prove that the kit finds it. */
export type Mutant = (transport: Transport) => Transport;

/** What each mutant does wrong, at the near end, by name. */
export const mutants: Readonly<Record<MutantName, Mutant>> = {
  loses: (transport) => hearing(transport, (deliver, count) => (count % 7 === 5 ? undefined : deliver())),
  duplicates: (transport) =>
    hearing(transport, (deliver, count) => {
      deliver();
      if (count % 7 === 5) deliver();
    }),
  reorders,
  "swallows close": (transport) => changed(transport, { onClose: () => () => {}, closed: new Promise(() => {}) }),
  "leaks a listener": (transport) =>
    changed(transport, {
      receive: (receiver: (message: unknown) => void) => {
        transport.receive(receiver);
        return () => {};
      },
    }),
  "answers twice": (transport) =>
    hearing(transport, (deliver, _count, message) => {
      deliver();
      if (isAnswer(message)) deliver();
    }),
  "delivers after close": deliversAfterClose,
  "never drains": neverDrains,
};

/** The names of the mutants. */
export type MutantName =
  | "loses"
  | "duplicates"
  | "reorders"
  | "swallows close"
  | "leaks a listener"
  | "answers twice"
  | "delivers after close"
  | "never drains";

function changed(transport: Transport, changes: Readonly<Record<string, unknown>>): Transport {
  return new Proxy(transport, {
    get(target, key) {
      if (typeof key === "string" && Object.hasOwn(changes, key)) {
        const value = changes[key];
        return typeof value === "object" && value !== null && "read" in value ? (value.read as () => unknown)() : value;
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Decides for each message whether and how often it is delivered. */
function hearing(
  transport: Transport,
  decide: (deliver: () => void, count: number, message: unknown) => void,
): Transport {
  let count = 0;
  return changed(transport, {
    receive: (receiver: (message: unknown) => void) =>
      transport.receive((message) => decide(() => receiver(message), ++count, message)),
  });
}

function reorders(transport: Transport): Transport {
  let held: (() => void) | undefined;
  return hearing(transport, (deliver, count) => {
    if (count % 7 === 5) {
      held = deliver;
      return;
    }
    deliver();
    held?.();
    held = undefined;
  });
}

/** Answers of a session, and of the far end that repeats what it hears. */
function isAnswer(message: unknown): boolean {
  if (typeof message === "string") return /^\[(3,|"echo")/.test(message);
  return Array.isArray(message) && (message[0] === Kind.resolve || message[0] === "echo");
}

/** Goes on delivering what is on its way when it is closed. */
function deliversAfterClose(transport: Transport): Transport {
  const receivers = new Set<(message: unknown) => void>();
  let queue: unknown[] = [];
  transport.receive((message) => {
    if (queue.push(message) > 1) return;
    setTimeout(() => {
      const now = queue;
      queue = [];
      for (const each of now) for (const receiver of [...receivers]) receiver(each);
    }, 1);
  });
  return changed(transport, {
    receive: (receiver: (message: unknown) => void) => {
      receivers.add(receiver);
      return () => receivers.delete(receiver);
    },
  });
}

/** Is full after five messages and never says that it is not any more. */
function neverDrains(transport: Transport): Transport {
  let sent = 0;
  return changed(transport, {
    send: (message: unknown, transfer?: readonly object[]) => {
      sent++;
      transport.send(message, transfer);
    },
    blocked: { read: () => sent >= 5 },
  });
}
