// A utility process that serves main, and whoever main connects with it.

import { serve, transfer } from "@portolan/server";
import type { MessagePortMain } from "electron";
import { parentTransport, peerListener } from "../../../src/utility/index.ts";
import { makePageApi } from "./apis.ts";

/** What comes through ports that were handed to this process. */
const heard: unknown[] = [];
let wake = (): void => {};

const portApi = {
  /** Listens and talks on a port that came inside an argument. */
  talk({ deep: [{ port }] }: { deep: [{ port: MessagePortMain }] }) {
    port.on("message", ({ data }) => {
      heard.push([...data]);
      wake();
    });
    port.start();
    port.postMessage(new Map([["from", "the utility process"]]));
    return port.constructor.name;
  },
  async heard() {
    while (heard.length === 0) await new Promise<void>((done) => (wake = done));
    return heard.splice(0);
  },
  /** Gives a port back, as it came. */
  giveBack: ({ port }: { port: MessagePortMain }) => ({ port: transfer(port) }),
};

export type PortApi = typeof portApi;

const mainApi = {
  index: async (text: string, progress: (step: number) => unknown) => {
    for (let step = 1; step <= 3; step++) await progress(step);
    return text.toUpperCase();
  },
  leave: (code: number) => process.exit(code),
  ...portApi,
};

serve(parentTransport(), mainApi, { onError: () => {} });
serve(peerListener({ name: "doc" }), { ...makePageApi("utility").api, ...portApi });
