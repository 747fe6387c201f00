import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** A server of our own behind a network that can fall silent: no error, no reset, nothing arrives. */
export interface BlackHole {
  readonly host: string;
  readonly ports: readonly number[];
  /** What the server has printed since it told its ports. */
  readonly lines: readonly string[];
  vanish(gone: boolean): void;
  end(): void;
}

const name = `pbh${process.pid % 100_000}`;
const here = "10.213.7.1";
const there = "10.213.7.2";

/**
 * Starts `node <file> <host>`, whose first line is its ports as JSON: in a network namespace, where packets vanish, or,
 * where none may be made (containers seldom may), behind relays that stop reading and writing.
 */
export async function openBlackHole(file: string): Promise<BlackHole> {
  try {
    makeNamespace();
  } catch (error) {
    removeNamespace();
    console.log(`without a network namespace, behind relays: ${String(error).split("\n")[0]}`);
    return behindRelays(await start(process.execPath, [file, "127.0.0.1"]));
  }
  return inNamespace(await start("ip", ["netns", "exec", name, process.execPath, file, there]));
}

interface Started {
  readonly child: ChildProcess;
  readonly ports: readonly number[];
  readonly lines: readonly string[];
}

async function start(program: string, args: readonly string[]): Promise<Started> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const output = createInterface({ input: child.stdout });
  const ports = JSON.parse(await new Promise<string>((resolve) => output.once("line", resolve))) as number[];
  const lines: string[] = [];
  output.on("line", (line) => lines.push(line));
  return { child, ports, lines };
}

const ip = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "pipe", "pipe"] });
const inside = (...args: string[]) => ip("netns", "exec", name, "ip", ...args);

function makeNamespace(): void {
  ip("netns", "add", name);
  ip("link", "add", `${name}a`, "type", "veth", "peer", "name", `${name}b`);
  ip("link", "set", `${name}b`, "netns", name);
  ip("addr", "add", `${here}/30`, "dev", `${name}a`);
  ip("link", "set", `${name}a`, "up");
  inside("addr", "add", `${there}/30`, "dev", `${name}b`);
  inside("link", "set", `${name}b`, "up");
}

function removeNamespace(): void {
  for (const args of [
    ["link", "del", `${name}a`],
    ["netns", "del", name],
  ]) {
    try {
      ip(...args);
    } catch {
      // It was never made.
    }
  }
}

/** Each side takes the other to be at an address of hardware that nobody has. */
function inNamespace({ child, ports, lines }: Started): BlackHole {
  let isGone = false;
  return {
    host: there,
    ports,
    lines,
    vanish(gone) {
      if (gone === isGone) return;
      isGone = gone;
      const [verb, ...rest] = gone ? ["replace", "lladdr", "02:00:00:00:00:01", "nud", "permanent"] : ["del"];
      ip("neigh", verb as string, there, "dev", `${name}a`, ...rest);
      inside("neigh", verb as string, here, "dev", `${name}b`, ...rest);
    },
    end() {
      child.kill("SIGKILL");
      removeNamespace();
    },
  };
}

async function behindRelays({ child, ports, lines }: Started): Promise<BlackHole> {
  const sockets = new Set<Socket>();
  let isGone = false;
  const relays = await Promise.all(ports.map((port) => relayTo(port, sockets, () => isGone)));
  return {
    host: "127.0.0.1",
    ports: relays.map((relay) => (relay.address() as AddressInfo).port),
    lines,
    vanish(gone) {
      isGone = gone;
      for (const socket of sockets) gone ? socket.pause() : socket.resume();
    },
    end() {
      child.kill("SIGKILL");
      for (const socket of sockets) socket.destroy();
      for (const relay of relays) relay.close();
    },
  };
}

/** Hands bytes and endings from one side to the other, unless the network is gone. */
async function relayTo(port: number, sockets: Set<Socket>, gone: () => boolean): Promise<Server> {
  const relay = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("data", (data) => other.write(data));
      one.on("end", () => other.end());
      one.on("error", () => {});
      one.on("close", () => sockets.delete(one) && !gone() && other.destroy());
      if (gone()) one.pause();
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  return relay;
}
