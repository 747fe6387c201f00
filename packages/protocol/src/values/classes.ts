import { describeThrown } from "../error.ts";
import type { Key } from "../message.ts";
import { ValueKind } from "./kinds.ts";
import type { Packing } from "./packing.ts";
import { expect, refuse } from "./refusal.ts";
import { isRecord, type Reviver, setAll } from "./reviving.ts";

/** What becomes of an instance. */
export type Encode = ((instance: never) => unknown) | undefined;
/** What makes one of foreign data. */
export type Decode = ((value: never) => object) | undefined;

/** Packs instances of a class as a list of one: what `encode` makes of it, or its own properties. */
export function instancePacker(name: string, encode: Encode, decode: Decode) {
  return (source: object, key: Key, packing: Packing): unknown => {
    const fields: unknown = encode ? encode(source as never) : { ...source };
    const place = packing.meet(source, key, null, decode ? "refuse" : "refer");
    const data = packing.inside(place, () => [packing.walk(fields, 0, packing)]);
    packing.entry(ValueKind.class, key, name);
    place.again = "refer";
    return data;
  };
}

/** Revives instances: by `decode`, from finished data; or by setting properties, without the constructor. */
export function instanceReviver(name: string, prototype: object, decode: Decode): Reviver {
  return {
    open(data) {
      expect(Array.isArray(data) && data.length === 1, name);
      return decode ? null : Object.create(prototype);
    },
    close(shell, [value]: readonly [unknown]) {
      if (decode) return decoded(name, decode, value);
      expect(isRecord(value), name);
      return setAll(shell as object, value);
    },
  };
}

function decoded(name: string, decode: NonNullable<Decode>, value: unknown): object {
  try {
    return decode(value as never);
  } catch (cause) {
    throw refuse("INVALID_ARGUMENT", `malformed value: decoding ${name} threw: ${describeThrown(cause)}`, cause);
  }
}
