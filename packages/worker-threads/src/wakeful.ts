import type { TransportDefinition } from "@portolan/protocol";
import { Watch } from "./watch.ts";

/**
 * Lets a transport's thread stay awake for a moment after each message that it sends, so that the answer finds it
 * running; see {@link Watch}. Where that cannot help, the transport is returned as it is: with one processor, and where
 * the event loop is not Node's own (Electron, Bun, Deno).
 *
 * @param helps whether it can help here.
 */
export function wakeful(
  open: TransportDefinition["open"],
  helps: boolean = isNode() && processors() > 1,
): TransportDefinition["open"] {
  if (!helps) return open;
  return (events) => {
    const watch = new Watch();
    const port = open({
      ...events,
      message(message) {
        watch.heard();
        events.message(message);
      },
    });
    return {
      ...port,
      send(message, transfer) {
        port.send(message, transfer);
        watch.sent();
      },
      close(reason) {
        watch.end();
        port.close(reason);
      },
    };
  };
}

function isNode(): boolean {
  const { versions } = process;
  return !("electron" in versions || "bun" in versions || "deno" in versions);
}

// Asked for when it is needed: an import would load it for everyone.
function processors(): number {
  return process.getBuiltinModule("node:os").availableParallelism();
}
