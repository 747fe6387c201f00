/**
 * The subprotocol that connectors offer and listeners choose: the name and the
 * version of Portolan's wire (RFC 6455, 1.9). A client that offers none is
 * welcome too; hello carries the version as well.
 */
export const subprotocol = "portolan.1";

/** What a listener answers to the subprotocols that a client offered. */
export type SubprotocolChoice =
  | { readonly speaks: true; readonly answer: string | undefined }
  | { readonly speaks: false; readonly answer: string };

/** Chooses ours; if only other versions of it are offered, the first of those, to be refused with a reason. */
export function chooseSubprotocol(offered: Iterable<string>): SubprotocolChoice {
  const all = [...offered];
  if (all.includes(subprotocol)) return { speaks: true, answer: subprotocol };
  const other = all.find((name) => /^portolan\.\d+$/.test(name));
  if (other !== undefined) return { speaks: false, answer: other };
  return { speaks: true, answer: all[0] };
}
