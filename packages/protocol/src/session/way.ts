import type { Codec } from "../codec.ts";
import type { HelloBody } from "../message.ts";
import type { Movable } from "../traits.ts";
import type { Transport } from "../transport.ts";
import { narrowMoves } from "./hello.ts";

/**
 * What the way to the peer carries. The transport knows this end of it; hello
 * tells of the rest, which relays may have narrowed. Until then nothing is taken
 * for granted that the weakest way would not carry.
 */
export class Way {
  readonly #transport: Transport;
  readonly #objects: boolean;
  /** How the codec takes bytes that are not to become base64. */
  readonly attach: Codec["attach"];
  /** What the rest of the way carries; undefined until the peer has said hello. */
  #rest: Pick<HelloBody, "carries" | "moves" | "trusted" | "platformObjects"> | undefined;

  constructor(transport: Transport, codec: Codec) {
    this.#transport = transport;
    this.#objects = codec.carries === "clone";
    this.attach = codec.attach;
  }

  /** True once the peer has said hello. */
  get known(): boolean {
    return this.#rest !== undefined;
  }

  /** True when values of every kind may ride natively. */
  get clones(): boolean {
    return this.#objects && this.#transport.traits.carries === "clone" && this.#rest?.carries === "clone";
  }

  /** Bytes may ride natively, but the rest of the way may turn out not to take them. */
  get mayClone(): boolean {
    return this.#objects && this.#transport.traits.carries === "clone" && !this.#rest;
  }

  get moves(): Movable {
    const own = this.#transport.traits.moves;
    return this.#rest ? narrowMoves(own, this.#rest.moves) : own;
  }

  /** Every part of the way takes objects of the platform's own where it clones. */
  get platformObjects(): boolean {
    return this.#transport.traits.platformObjects && this.#rest?.platformObjects !== false;
  }

  /** Every part of the way is trusted. */
  get trusted(): boolean {
    return this.#transport.traits.trusted && this.#rest?.trusted !== false;
  }

  learn({ carries, moves, trusted, platformObjects }: HelloBody): void {
    this.#rest = { carries, moves, trusted, ...(platformObjects !== undefined && { platformObjects }) };
  }
}
