import { RpcError, transfer } from "@portolan/protocol";
import { check, equal } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import type { Kit } from "../kit.ts";

/** What is marked with transfer() moves where the transport can, and is copied or refused where it cannot. */
export const transferCases: readonly ConformanceCase[] = group("transfer", [
  {
    name: "a buffer moves: it is gone here and whole over there",
    needs: ["moves everything"],
    async run(kit) {
      const { session, remote } = await kit.open();
      await session.ready;
      const buffer = new Uint8Array([1, 2, 3]).buffer;
      const back = (await remote.echo(transfer(buffer))) as ArrayBuffer;
      equal(buffer.byteLength, 0, "bytes that are left here");
      equal(back, new Uint8Array([1, 2, 3]).buffer, "what came back");
    },
    instead: copies,
  },
  {
    name: "a port moves, and messages go through it",
    needs: ["moves ports"],
    async run(kit) {
      const { session, remote } = await kit.open();
      await session.ready;
      const { port1, port2 } = new (messageChannel())();
      const back = (await remote.moveBack(transfer(port2))) as MessagePortLike;
      try {
        const heard = new Promise((resolve) => {
          back.onmessage = ({ data }) => resolve(data);
        });
        port1.postMessage("through");
        equal(await heard, "through", "what came through the moved port");
      } finally {
        port1.close();
        back.close();
      }
    },
    async instead(kit) {
      if (typeof (globalThis as { MessageChannel?: unknown }).MessageChannel !== "function") return;
      const { session, remote } = await kit.open();
      await session.ready;
      const { port1, port2 } = new (messageChannel())();
      try {
        const refused = await remote.echo(transfer(port2)).catch((error: unknown) => error);
        check(
          RpcError.is(refused) && refused.code === "INVALID_ARGUMENT",
          `expected INVALID_ARGUMENT, got ${String(refused)}`,
        );
        equal(refused.delivered, "no", "delivered");
      } finally {
        port1.close();
        port2.close();
      }
    },
  },
  {
    name: "a buffer is copied before anything is known of the way, or moves",
    async run(kit) {
      const { remote } = await kit.open();
      const buffer = new Uint8Array([4, 5]).buffer;
      equal(await remote.echo(transfer(buffer)), new Uint8Array([4, 5]).buffer, "what came back");
      equal(await remote.echo(transfer(new Uint8Array([6]))), new Uint8Array([6]), "a view");
    },
  },
]);

/** Where buffers cannot move they are copied: nothing is lost here. */
async function copies(kit: Kit): Promise<void> {
  const { session, remote } = await kit.open();
  await session.ready;
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  equal(await remote.echo(transfer(buffer)), new Uint8Array([1, 2, 3]).buffer, "what came back");
  equal(buffer.byteLength, 3, "bytes that are left here");
}

interface MessagePortLike {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

function messageChannel(): new () => { readonly port1: MessagePortLike; readonly port2: MessagePortLike } {
  // Only reached where the need "moves ports", or a look at the global, has found it.
  return (globalThis as unknown as { MessageChannel: ReturnType<typeof messageChannel> }).MessageChannel;
}
