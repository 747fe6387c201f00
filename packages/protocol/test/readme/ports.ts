import { defineTransport, openSession, type Transport } from "../../src/index.ts";

interface Port {
  postMessage(message: unknown, transfer: never): void;
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  removeEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  start(): void;
  close(): void;
}

function portTransport(port: Port): Transport {
  return defineTransport({
    traits: { carries: "clone", moves: "all" },
    port,
    open({ message, end }) {
      const hear = (event: { readonly data?: unknown }) => message(event.data);
      const closed = () => end({ code: "UNAVAILABLE", message: "the port was closed", by: "platform" });
      port.addEventListener("message", hear);
      port.addEventListener("close", closed);
      port.start();
      return {
        send: (data, transfer) => port.postMessage(data, transfer as never),
        close() {
          port.removeEventListener("message", hear);
          port.removeEventListener("close", closed);
          port.close();
        },
      };
    },
  });
}

const { port1, port2 } = new MessageChannel() as unknown as { port1: Port; port2: Port };
openSession(portTransport(port2), { expose: { shout: (text: string) => text.toUpperCase() } });
const session = openSession<{ shout(text: string): string }>(portTransport(port1));
console.log(await session.remote.shout("ahoy")); // AHOY
await session.close();
