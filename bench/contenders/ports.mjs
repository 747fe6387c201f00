// A port is one of Node's, which hands over the data itself, or one of the DOM's, which hands over events.

/** Hears each message of a port. Returns the way to stop. */
export function hear(port, listener) {
  if (port.on) {
    port.setMaxListeners?.(0);
    port.on("message", listener);
    return () => port.off("message", listener);
  }
  const heard = ({ data }) => listener(data);
  port.addEventListener("message", heard);
  port.start();
  return () => port.removeEventListener("message", heard);
}
