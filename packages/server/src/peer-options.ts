import type { SessionOptions } from "@portolan/protocol";
import type { Router, ServeOptions } from "./server.ts";

/** The options of one peer's session. A class: object literals with accessors each have a shape of their own. */
export class PeerOptions implements SessionOptions {
  /** What is served to this peer, once that is known. */
  router: Router | undefined = undefined;

  get expose(): Router | undefined {
    return this.router;
  }
}

/** Servers on networks take smaller messages than those who dialled them, unless told otherwise. */
export function networkOptions({ context: _, ...options }: ServeOptions): SessionOptions {
  return { ...options, limits: { message: 1024 * 1024, ...options.limits } };
}
