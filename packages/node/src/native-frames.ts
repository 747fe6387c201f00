import { endianness } from "node:os";
import { ByteQueue, parseJson, RpcError } from "@portolan/protocol";

/** What browsers take from a host, and hosts from a browser, in bytes. */
const maxOut = 1024 * 1024;
const maxIn = 64 * 1024 * 1024;

const headerBytes = 4;
const little = endianness() === "LE";

/**
 * The frames of native messaging: 32 bits of length in the machine's own order,
 * and that many bytes of JSON as UTF-8; 1 MiB at most to the browser, 64 MiB from it.
 */
export class NativeFrames {
  readonly #bytes = new ByteQueue();

  /** Throws an RpcError RESOURCE_EXHAUSTED for a message that browsers would not take. */
  encode(message: unknown): Uint8Array {
    const text = new TextEncoder().encode(JSON.stringify(message));
    if (text.length > maxOut) {
      const why = `browsers take ${maxOut} bytes from a native messaging host, this message has ${text.length}`;
      throw new RpcError("RESOURCE_EXHAUSTED", why, { delivered: "no" });
    }
    const frame = new Uint8Array(headerBytes + text.length);
    new DataView(frame.buffer).setUint32(0, text.length, little);
    frame.set(text, headerBytes);
    return frame;
  }

  /** Takes what arrived and returns the messages that are complete now. Throws RESOURCE_EXHAUSTED or PROTOCOL_ERROR. */
  decode(chunk: Uint8Array): unknown[] {
    this.#bytes.push(chunk);
    const messages: unknown[] = [];
    for (;;) {
      const length = this.#bytes.peekUint32(little);
      if (length === undefined) return messages;
      if (length > maxIn)
        throw new RpcError("RESOURCE_EXHAUSTED", `a message of ${length} bytes is longer than ${maxIn}`);
      if (this.#bytes.length < headerBytes + length) return messages;
      const body = this.#bytes.take(headerBytes + length).subarray(headerBytes);
      messages.push(parseJson(new TextDecoder().decode(body), undefined));
    }
  }
}
