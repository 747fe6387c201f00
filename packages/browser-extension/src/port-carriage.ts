import type { RuntimePortLike } from "./extension-api.ts";

/** What a runtime port makes of a message. */
export type PortCarriage = "clone" | "json";

/**
 * Finds out what this port carries, without sending anything: it posts what both
 * serialisers refuse, and sees which one looked at it. Only JSON asks for `toJSON`,
 * and only structured clone minds the own function.
 *
 * Chromium from 148 clones where the manifest says `"message_serialization": "structured_clone"`
 * (https://developer.chrome.com/blog/structured-clone-messaging), Firefox always.
 */
export function carriageOf(port: RuntimePortLike): PortCarriage {
  let asked = false;
  try {
    port.postMessage({
      uncloneable() {},
      toJSON() {
        asked = true;
        throw new TypeError("a probe is not sent");
      },
    });
  } catch {
    // Refused, as it should be; or the port is closed already, which its end tells.
  }
  return asked ? "json" : "clone";
}
