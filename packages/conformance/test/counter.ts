import { RpcTarget } from "@portolan/protocol";

/** An object by reference. */
export class Counter extends RpcTarget {
  #count = 0;

  increase(): number {
    return ++this.#count;
  }
}
