interface Runtime {
  sendMessage(message: unknown): Promise<unknown>;
}
const { runtime } = (globalThis as unknown as { chrome: { runtime: Runtime } }).chrome;
Object.assign(globalThis, { run: (name: string) => runtime.sendMessage(name) });
