// The conformance kit in a page: near end, or far end for another page.

import { createClient } from "@portolan/client";
import { type Connection, runConformance, serveConformance } from "@portolan/conformance";
import type { Transport } from "@portolan/protocol";
import { mainTransport, peerListener } from "../../../src/renderer/index.ts";

/** What failed, and how many did not. */
export interface Report {
  readonly passed: number;
  readonly refused: number;
  readonly failed: readonly string[];
}

/** Runs every case; `only` is a pattern over `group: name`. */
export async function report(
  connect: () => Connection | Promise<Connection>,
  only?: string,
  timeout = 60_000,
): Promise<Report> {
  const results = await runConformance({
    connect,
    timeout,
    ...(only !== undefined && { only: new RegExp(only) }),
  });
  const failed = results.filter(({ outcome }) => outcome === "failed");
  return {
    passed: results.filter(({ outcome }) => outcome === "passed").length,
    refused: results.filter(({ outcome }) => outcome === "refused").length,
    failed: failed.map(({ group, name, error }) => `${group}: ${name}: ${(error as Error)?.stack ?? String(error)}`),
  };
}

/** The main process, asked for a new link before each case. */
interface Control {
  link(): void;
}

export const conformance = {
  withMain: (name: string, only?: string, trusted = true) =>
    report(() => ({ near: mainTransport({ name, trusted }) }), only),
  withPeer(only?: string): Promise<Report> {
    const control = createClient<Control>(mainTransport({ name: "control" }));
    const arrived: Transport[] = [];
    const waiting: ((transport: Transport) => void)[] = [];
    peerListener({ name: "conformance" }).accept((transport) => {
      const first = waiting.shift();
      if (first) first(transport);
      else arrived.push(transport);
    }, console.error);
    return report(async () => {
      const next = new Promise<Transport>((done) => waiting.push(done));
      await control.link();
      return { near: await next };
    }, only);
  },
  /** Serves whoever main connects. */
  serve: () =>
    peerListener({ name: "conformance" }).accept((transport) => void serveConformance(transport), console.error),
};
