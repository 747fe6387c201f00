import type { PortCarriage } from "./port-carriage.ts";

/**
 * What the two ends of a runtime port say before the conversation. One port may
 * reach several contexts, so each offers itself, and who dialled takes one.
 *
 * ```
 * listener → dialler   { portolan: "offer", id, carries }          or { portolan: "refused", code, message }
 * dialler → listener   { portolan: "take", id, carries }           those with another id leave
 * dialler → listener   { portolan: "awake" }                       at any time: resets the idle timer
 * ```
 *
 * Frames of the conversation are arrays or texts, never objects with this key.
 */
export type HandshakeMessage =
  | { readonly portolan: "offer"; readonly id: string; readonly carries: PortCarriage }
  | { readonly portolan: "refused"; readonly code: RefusalCode; readonly message: string }
  | { readonly portolan: "take"; readonly id: string; readonly carries: PortCarriage }
  | { readonly portolan: "awake" };

/** Why a listener refuses a port. */
export type RefusalCode = "PERMISSION_DENIED" | "RESOURCE_EXHAUSTED";

/** The one place where what arrived on a port becomes a handshake message; `undefined` when it is none. */
export function parseHandshake(data: unknown): HandshakeMessage | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const { portolan, id, code, message, carries } = data as Record<string, unknown>;
  switch (portolan) {
    case "offer":
    case "take":
      if (typeof id !== "string" || id.length > 64) return undefined;
      return { portolan, id, carries: carries === "clone" ? "clone" : "json" };
    case "refused":
      return {
        portolan,
        code: code === "RESOURCE_EXHAUSTED" ? code : "PERMISSION_DENIED",
        message: typeof message === "string" ? message.slice(0, 1024) : "refused",
      };
    case "awake":
      return { portolan };
    default:
      return undefined;
  }
}

/** What both ends can read: clones only where both clone. */
export function narrower(one: PortCarriage, other: PortCarriage): PortCarriage {
  return one === "clone" && other === "clone" ? "clone" : "json";
}
