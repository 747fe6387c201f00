import type { CallOptions } from "../call-options.ts";
import { RpcError } from "../error.ts";
import type { CallExtra } from "../message.ts";
import { packPlain, unpackPlain } from "./hello.ts";
import type { Limits } from "./limits.ts";

/** What a call carries besides its arguments; null for nothing. Throws INVALID_ARGUMENT for what no peer takes. */
export function packExtra(options: CallOptions | undefined): CallExtra | null {
  if (!options) return null;
  demandSendable(options);
  const { metadata, key, after } = options;
  const timeout = options.timeout === Number.POSITIVE_INFINITY ? undefined : options.timeout;
  if ([timeout, metadata, key, after].every((part) => part === undefined)) return null;
  const packed = metadata === undefined ? undefined : packPlain(metadata, "metadata");
  return {
    ...(timeout !== undefined && { timeout }),
    ...(packed && { metadata: packed.data }),
    ...(packed?.table && { metadataTable: packed.table }),
    ...(key !== undefined && { key }),
    ...(after !== undefined && { after }),
  };
}

/** What the caller sent along. `limits` are those for untrusted peers. Throws RESOURCE_EXHAUSTED beyond them. */
export function unpackMetadata({ metadata, metadataTable }: CallExtra, limits: Limits | undefined): unknown {
  return metadata === undefined ? undefined : unpackPlain(metadata, metadataTable, "metadata", limits);
}

/** What the peer would close the session for is refused here. */
function demandSendable({ timeout, key, after }: CallOptions): void {
  if (timeout !== undefined && !(timeout >= 0)) throw unsendable("timeout", "milliseconds", timeout);
  for (const [name, text] of [
    ["key", key],
    ["after", after],
  ] as const) {
    const fits = text === undefined || (typeof text === "string" && text.length <= longestText[name]);
    if (!fits) throw unsendable(name, `at most ${longestText[name]} characters`, typeof text);
  }
}

const longestText = { key: 256, after: 1024 };

function unsendable(name: string, expected: string, got: unknown): RpcError {
  return new RpcError("INVALID_ARGUMENT", `expected ${name} to be ${expected}, got ${String(got)}`, {
    delivered: "no",
  });
}
