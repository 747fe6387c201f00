import type { Carriage } from "./carriage.ts";

/** What a port can move instead of copying. */
export type Movable = "none" | "ports" | "all";

/** What a transport can do. Sessions choose their behaviour by these. */
export interface Traits {
  /** What one message may be. */
  readonly carries: Carriage;
  /** Which transferables a message may move. Default `"none"`. */
  readonly moves: Movable;
  /**
   * Where it carries clones: platform objects (Blob, CryptoKey, DOMRect …) too. False for the ports of Electron's main
   * process, where a message that holds one vanishes. Default true.
   */
  readonly platformObjects: boolean;
  /** The largest message in bytes (text: UTF-16 units); larger ones are fragmented. Default: no limit. */
  readonly maxMessage: number;
  /** One message in is one message out. False only for byte streams. Default true. */
  readonly framed: boolean;
  /** The platform says when the other end dies. Where false, sessions ping while something is owed. Default true. */
  readonly announcesDeath: boolean;
  /** Messages sent before the other end listens are kept for it. Default true. */
  readonly queues: boolean;
  /** Strangers use the same port, so each message carries a mark. Default false. */
  readonly shared: boolean;
  /** One request and one response, as in HTTP: nothing that needs a way back. Default false. */
  readonly oneExchange: boolean;
  /** The other end is as trusted as our own code. Default false. */
  readonly trusted: boolean;
  /** The other end is reached over a network: the handshake has a time limit, and streams begin with little under way. Default false. */
  readonly network: boolean;
}
