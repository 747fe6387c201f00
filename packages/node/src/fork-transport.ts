import { ChildProcess } from "node:child_process";
import {
  type CloseReason,
  checkTransportOptions,
  defineTransport,
  type Peer,
  type Transport,
  type TransportEvents,
  type TransportPort,
} from "@portolan/protocol";
import { closing } from "./byte-port.ts";
import { ChildWatch } from "./child-ending.ts";
import { endChild } from "./end-child.ts";
import { parentPort } from "./fork-parent-port.ts";
import { IpcPort } from "./ipc-port.ts";
import { type IpcSerialization, serializationOf } from "./ipc-serialization.ts";
import { KeepAlive } from "./keep-alive.ts";

/** Options of {@link forkTransport}. */
export interface ForkTransportOptions {
  /** Treat the other process like our own code. Default true. */
  readonly trusted?: boolean;
  /** The `serialization` that `fork` was called with. Default: found out. */
  readonly serialization?: IpcSerialization;
}

/**
 * Makes a transport of the IPC channel of `fork`: in the parent with the child, in
 * the child without: `serve(forkTransport(), api)`.
 *
 * With `fork(file, { serialization: "advanced" })` messages are structured clones,
 * else JSON. Other messages on the channel stay yours.
 *
 * A child that you pass stays yours. Pass a function that forks one, and it is
 * ended with the transport: by closing its channel, and if it does not exit on
 * that within two seconds, by signals. When the child ends, the transport ends with
 * UNAVAILABLE; exit code and signal are in the message and, as a `ChildExit`, in
 * the cause. In the child it ends when the parent disconnects or dies.
 *
 * Throws a TypeError in a process that was not forked, and for a child without such a channel.
 */
export function forkTransport(
  child?: ChildProcess | (() => ChildProcess),
  options: ForkTransportOptions = {},
): Transport {
  checkTransportOptions(options, ["serialization"]);
  if (child === undefined) return parentTransport(options);
  const owned = typeof child === "function";
  const given = owned ? child() : child;
  if (isForked(given)) return openChild(given, owned, options);
  throw new TypeError("expected a child of fork, which has an IPC channel; others take spawnTransport(command, args)");
}

/** A child that the system could not start has no channel either: why, it tells a moment later. */
function isForked(child: Partial<ChildProcess> | null | undefined): child is ChildProcess {
  return typeof child?.send === "function" || (child instanceof ChildProcess && child.pid === undefined);
}

/** The transport of one child, with what is known about it. For the cluster. */
export function openChild(
  child: ChildProcess,
  owned: boolean,
  { trusted = true, serialization = serializationOf(child) }: ForkTransportOptions,
  peer: Partial<Peer> = {},
): Transport {
  return defineTransport({
    traits: { ...traits, carries: carriage(serialization), trusted },
    peer: { kind: "child-process", child, pid: child.pid, ...peer },
    port: child,
    open: (events) => new ChildPort(child, owned, events),
  });
}

function parentTransport({
  trusted = true,
  serialization = serializationOf(process),
}: ForkTransportOptions): Transport {
  if (!process.send) throw new TypeError("expected a process that was started with fork: this one has no IPC channel");
  return defineTransport({
    traits: { ...traits, carries: carriage(serialization), trusted },
    peer: { kind: "parent-process", pid: process.ppid },
    port: process,
    open: parentPort,
  });
}

/** Messages are kept only until anyone listens, and strangers do; in a cluster, Node itself does from the start. */
const traits = { shared: true, queues: false } as const;

function carriage(serialization: IpcSerialization): "clone" | "json" {
  return serialization === "advanced" ? "clone" : "json";
}

class ChildPort implements TransportPort {
  readonly #child: ChildProcess;
  readonly #owned: boolean;
  readonly #ipc: IpcPort;
  readonly #watch: ChildWatch;
  readonly #alive: KeepAlive;

  constructor(child: ChildProcess, owned: boolean, events: TransportEvents) {
    const name = `the child process ${JSON.stringify(child.spawnargs?.slice(1).join(" ") ?? child.pid)}`;
    const watch = new ChildWatch(child, {
      name,
      lastEvent: "disconnect",
      stderr: () => "",
      ended: (reason) => events.end(reason),
    });
    this.#child = child;
    this.#owned = owned;
    this.#watch = watch;
    this.#ipc = new IpcPort(child, events, (error) => watch.suspect(lost(error, name)));
    this.#alive = new KeepAlive(child, [child, child.channel]);
  }

  send(message: unknown): void {
    // It could not be started, and why is about to be told.
    if (this.#child.pid === undefined) return;
    if (!this.#child.connected) throw closing("the channel to the child process");
    this.#ipc.send(message);
  }

  blocked(): boolean {
    return this.#ipc.blocked;
  }

  hold(busy: boolean): void {
    this.#alive.hold(busy);
  }

  close(): void {
    this.#watch.stop();
    this.#ipc.detach();
    this.#alive.leave(!this.#owned);
    if (this.#owned) endChild(this.#child, () => this.#child.connected && this.#child.disconnect());
  }
}

function lost(cause: Error, name: string): CloseReason {
  return { code: "UNAVAILABLE", message: `the channel to ${name} broke: ${cause.message}`, by: "platform", cause };
}
