import type { Packed } from "../values/pack.ts";

/** What is sent: packed, and perhaps as a structured clone where the codec would make text. */
export interface Outgoing extends Packed {
  readonly raw?: true;
}

/** A message on its way out: its number in the outbox, or its place among those that wait for the handshake. */
export type Ticket = number | { readonly waiting: true };
