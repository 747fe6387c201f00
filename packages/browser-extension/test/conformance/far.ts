import { serveConformance } from "@portolan/conformance";
import type { Listener } from "@portolan/protocol";

/** Makes every transport that arrives the far side of one case. */
export function serveCases(listener: Listener): void {
  listener.accept(
    (transport) => void serveConformance(transport),
    (error) => console.error(error),
  );
}
