import { RpcError } from "@portolan/client";

/** Follows a stream for as long as this page is open: when the background restarts, it is followed anew. */
export async function stayInformed<T>(open: () => AsyncIterable<T>, show: (item: T) => void): Promise<void> {
  for (;;) {
    try {
      for await (const item of open()) show(item);
      return;
    } catch (error) {
      if (!RpcError.is(error) || error.code !== "UNAVAILABLE") throw error;
    }
  }
}
