const ownContext = "portolan:";
const relayedPage = "portolan-page:";

/** Who speaks through a port: the context that opened it, or a web page that it relays. */
export type Speaker = "context" | "page";

/** The name of a port towards the listener called `name`. */
export function portNameOf(name: string, speaker: Speaker = "context"): string {
  return (speaker === "page" ? relayedPage : ownContext) + name;
}

/** Who speaks through a port of this name, or `undefined` when it is not for the listener called `name`. */
export function speakerOf(portName: unknown, name: string): Speaker | undefined {
  if (portName === portNameOf(name)) return "context";
  return portName === portNameOf(name, "page") ? "page" : undefined;
}
