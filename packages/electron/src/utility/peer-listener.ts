import type { Listener } from "@portolan/protocol";
import { mainPortTransport } from "../ports/main-port-transport.ts";
import { checkLinkName, type PeerDetails, peerWord, wordIn } from "../words.ts";
import { type ParentPortEvent, theParentPort } from "./parent-port.ts";

/** Which links to hear. */
export interface PeerListenerOptions {
  /** The name that main gave the link in `connectFrames(a, b, { name })`. */
  readonly name: string;
  /** Whether the other end is as trusted as this process. Default false. */
  readonly trusted?: boolean;
}

/**
 * Hears of frames that main connects with this process by `connectFrames`. Each arrives as a transport whose peer
 * carries `origin`, `url` and `webContentsId`, as main vouches for them; main is out of the path from then on.
 * Throws a TypeError outside a utility process, and without a name.
 */
export function peerListener(options: PeerListenerOptions): Listener {
  checkLinkName(options, "peerListener({ name })");
  const { name, trusted = false } = options;
  const parent = theParentPort();
  let stop = (): void => {};
  return {
    address: name,
    ready: Promise.resolve(),
    accept(arrive) {
      const onMessage = ({ data, ports }: ParentPortEvent): void => {
        // Main is trusted here, so what it says is taken as it is.
        const peer = wordIn(data, peerWord) as PeerDetails | undefined;
        const [port] = ports;
        if (peer?.name === name && port) arrive(mainPortTransport(port, { peer: { ...peer }, trusted }));
      };
      parent.on("message", onMessage);
      parent.start?.();
      stop = () => void parent.off("message", onMessage);
    },
    async close() {
      stop();
    },
  };
}
