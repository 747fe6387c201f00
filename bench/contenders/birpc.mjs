import { createBirpc } from "birpc";

function channel(port) {
  return { post: (data) => port.postMessage(data), on: (listener) => port.on("message", listener) };
}

/** Serves over a port. */
export function serve(port) {
  createBirpc({ echo: (value) => value }, channel(port));
}

/** Calls over a port. */
export function connect(port) {
  const remote = createBirpc({}, channel(port));
  return { echo: (value) => remote.echo(value) };
}
