import { clone } from "../clone-codec.ts";
import type { Codec } from "../codec.ts";
import { json } from "../json-codec.ts";
import { ndjson } from "../ndjson-codec.ts";
import type { Traits } from "../traits.ts";

/**
 * The codec of a session: the one given, by its options or its transport, or else the
 * plainest that fits. Throws a TypeError for a pairing that cannot work, before anything
 * is sent.
 */
export function chooseCodec(given: Codec | undefined, { carries, framed }: Traits): Codec {
  const codec = given ?? plainest(carries);
  if (typeof codec.open !== "function") throw new TypeError("expected a codec as json() makes one: call it");
  if (!framed && !codec.framed) {
    throw new TypeError(
      `codec ${codec.name} cannot find its messages in a stream of bytes: use ndjson() or lengthFramed()`,
    );
  }
  if (carries === "clone" || carries === codec.carries) return codec;
  if (carries === "json" && codec.carries !== "bytes") return codec;
  throw new TypeError(`codec ${codec.name} makes ${codec.carries}, but the transport carries ${carries}`);
}

function plainest(carries: Traits["carries"]): Codec {
  if (carries === "text") return json();
  return carries === "bytes" ? ndjson() : clone();
}
