import {
  type ConnectorOptions,
  defineConnector,
  openSession,
  type SessionOptions,
  transportPair,
} from "@portolan/protocol";

/** A place that can be dialled once; `lose` ends that connection, and nobody listens from then on. */
export function dialledOnce(serving: SessionOptions, options: ConnectorOptions = {}) {
  let lose = (): void => {};
  let dials = 0;
  const dial = () => {
    if (++dials > 1) throw new Error("nobody listens");
    const [near, far] = transportPair();
    lose = () => far.close();
    openSession(far, serving);
    return near;
  };
  return { source: defineConnector(dial, options), lose: () => lose() };
}
