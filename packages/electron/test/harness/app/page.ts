// What a page of the tests can be told to do, by `executeJavaScript` from main.

import type { Transport } from "@portolan/protocol";
import { mainTransport, peerListener } from "../../../src/renderer/index.ts";
import { conformance } from "./page-conformance.ts";
import { rpc } from "./page-rpc.ts";

interface Line {
  readonly transport: Transport;
  readonly heard: unknown[];
}

const lines = new Map<string, Line>();
let strayMessages = 0;
addEventListener("message", () => strayMessages++);

function keep(id: string, transport: Transport): void {
  const heard: unknown[] = [];
  lines.set(id, { transport, heard });
  transport.receive((message) => {
    heard.push(message);
    for (const wake of waiting) wake();
  });
  transport.onClose(() => {
    for (const wake of waiting) wake();
  });
}

const waiting = new Set<() => void>();

function until<T>(look: () => T | undefined): Promise<T> {
  return new Promise((done) => {
    const wake = (): void => {
      const found = look();
      if (found === undefined) return;
      waiting.delete(wake);
      done(found);
    };
    waiting.add(wake);
    wake();
  });
}

function line(id: string): Line {
  const found = lines.get(id);
  if (!found) throw new Error(`no line ${id}`);
  return found;
}

const wire = {
  open(id: string, options: { name?: string } = {}): void {
    keep(id, mainTransport(options));
  },
  send(id: string, message: unknown): string | null {
    try {
      line(id).transport.send(message);
      return null;
    } catch (error) {
      return String(error);
    }
  },
  /** Sends a port in the message; what comes through it is heard on line `other`. */
  sendPort(id: string): Promise<unknown> {
    const { port1, port2 } = new MessageChannel();
    line(id).transport.send({ deep: [{ port: port2 }], note: "here" }, [port2]);
    return new Promise((done) => {
      port1.onmessage = ({ data }) => done(data);
    });
  },
  /** Answers whoever is at the other end of a port that came in a message. */
  async answerPort(id: string): Promise<unknown> {
    const message = (await until(() => line(id).heard[0])) as { port: MessagePort };
    const { port } = message;
    return new Promise((done) => {
      port.onmessage = ({ data }) => done(data);
      port.postMessage("from the page");
    });
  },
  heard: (id: string, count: number): Promise<unknown[]> =>
    until(() => (line(id).heard.length >= count ? line(id).heard : undefined)),
  ended: (id: string): Promise<unknown> => until(() => line(id).transport.ended),
  close: (id: string): void => line(id).transport.close(),
  peer: (id: string): unknown => ({ ...line(id).transport.peer, traits: line(id).transport.traits }),
  strays: (): number => strayMessages,
  globals: (): string[] => Object.getOwnPropertySymbols(globalThis).map(String),
  /** A message to the preload that no Portolan would send. */
  forge(request: unknown, ports: number): Promise<unknown> {
    const channels = Array.from({ length: ports }, () => new MessageChannel());
    window.postMessage(
      { "portolan:connect": request },
      "*",
      channels.map(({ port2 }) => port2),
    );
    return new Promise((done) => {
      const [first] = channels;
      if (!first) return done("no port to be answered on");
      first.port1.onmessage = ({ data }) => done(data);
      first.port1.addEventListener("close", () => done("closed"));
    });
  },
};

const links = {
  arrivals: [] as string[],
  listen(name: string): void {
    const listener = peerListener({ name });
    listener.accept((transport) => {
      const id = `${name}${links.arrivals.length}`;
      links.arrivals.push(id);
      keep(id, transport);
      for (const wake of waiting) wake();
    }, console.error);
  },
  arrived: (count: number): Promise<string[]> =>
    until(() => (links.arrivals.length >= count ? links.arrivals : undefined)),
};

Object.assign(globalThis, { wire, links, rpc, conformance });
