import type { Connection } from "@portolan/conformance";

type Start = () => Connection | Promise<Connection>;

/** Connections of which the next one starts while the last is in use: a process takes longer to start than most cases to run. */
export function ahead(start: Start): { readonly connect: Start; end(): Promise<void> } {
  let next: ReturnType<Start> | undefined;
  return {
    connect() {
      const connection = next ?? start();
      next = start();
      return connection;
    },
    /** Ends the one that nobody came for. */
    async end() {
      const left = await next;
      left?.near.close();
      await left?.close?.();
    },
  };
}
