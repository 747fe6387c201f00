import { clone } from "../clone-codec.ts";
import type { Codec } from "../codec.ts";
import type { Traits } from "../transport.ts";

/**
 * The codec of a session: the one given, by its options or its transport; objects go
 * as they are without one. Throws a TypeError for a pairing that cannot work, before
 * anything is sent.
 */
export function chooseCodec(given: Codec | undefined, { carries, framed }: Traits): Codec {
  const objects = carries === "clone" || carries === "json";
  const codec = given ?? (objects ? clone() : undefined);
  // Named here, the others would be in every bundle.
  if (!codec) throw new TypeError(`the transport carries ${carries}: give { codec }, such as json() or lengthFramed()`);
  if (!framed && !codec.framed) {
    throw new TypeError(
      `codec ${codec.name} cannot find its messages in a stream of bytes: use ndjson() or lengthFramed()`,
    );
  }
  if (carries === "clone" || carries === codec.carries) return codec;
  if (carries === "json" && codec.carries !== "bytes") return codec;
  throw new TypeError(`codec ${codec.name} makes ${codec.carries}, but the transport carries ${carries}`);
}
