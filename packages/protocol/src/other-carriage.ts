import { RpcError } from "./error.ts";

/** The refusal of a message that is not what a codec reads, as when one side sends bytes and the other one text. */
export function otherCarriage(expected: "bytes" | "JSON text", data: unknown): RpcError {
  const got = data === null ? "null" : ArrayBuffer.isView(data) ? "bytes" : typeof data;
  return new RpcError("PROTOCOL_ERROR", `expected ${expected}, got ${got}: do both sides use the same codec?`);
}
