import type { Connection } from "@portolan/conformance";

/** Connections of which the next one starts while the last is in use: a thread takes longer to start than most cases to run. */
export function ahead(start: () => Connection): { connect(): Connection; end(): Promise<void> } {
  let next: Connection | undefined;
  return {
    connect() {
      const connection = next ?? start();
      next = start();
      return connection;
    },
    /** Ends the one that nobody came for. */
    async end() {
      next?.near.close();
      await next?.close?.();
    },
  };
}
