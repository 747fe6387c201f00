/** Counts the listeners on every port that this context opens from now on. */
export function countPortListeners(): () => number {
  const { runtime } = (globalThis as unknown as { chrome: { runtime: { connect(...args: unknown[]): Port } } }).chrome;
  const connect = runtime.connect.bind(runtime);
  const live = new Set<unknown>();
  runtime.connect = (...args) => {
    const port = connect(...args);
    for (const event of [port.onMessage, port.onDisconnect]) {
      const { addListener, removeListener } = event;
      event.addListener = (listener) => {
        live.add(listener);
        addListener.call(event, listener);
      };
      event.removeListener = (listener) => {
        live.delete(listener);
        removeListener.call(event, listener);
      };
    }
    return port;
  };
  return () => live.size;
}

interface Port {
  readonly onMessage: PortEvent;
  readonly onDisconnect: PortEvent;
}
interface PortEvent {
  addListener(listener: (...args: unknown[]) => void): void;
  removeListener(listener: (...args: unknown[]) => void): void;
}
