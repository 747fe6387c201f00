interface Port {
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
}
interface Runtime {
  connect(info: { name: string }): Port;
}

/**
 * In a prerendered document: knocks at the background without waiting, then calls
 * it as everyone does, and reports to the site what came of each.
 */
export async function reportPrerendering(whoami: () => Promise<unknown>): Promise<void> {
  const called = whoami();
  await report({ knocked: await knock(), prerendering: isPrerendering() });
  await report({ called: await called, prerendering: isPrerendering() });
}

export function isPrerendering(): boolean {
  return (document as { prerendering?: boolean }).prerendering === true;
}

function knock(): Promise<unknown> {
  const { runtime } = (globalThis as unknown as { chrome: { runtime: Runtime } }).chrome;
  const port = runtime.connect({ name: "portolan:background" });
  return new Promise((resolve) => {
    port.onMessage.addListener(resolve);
    port.onDisconnect.addListener(() => resolve("disconnected without a word"));
  });
}

function report(what: unknown): Promise<Response> {
  return fetch("/report", { method: "POST", body: JSON.stringify(what) });
}
