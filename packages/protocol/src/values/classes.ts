import { describeThrown, RpcError } from "../error.ts";
import type { Key } from "../message.ts";
import { classOfName, type RegisteredClass } from "../register-class.ts";
import { ValueKind } from "./kinds.ts";
import { Meeting, type Packing } from "./packing.ts";
import { packFields } from "./records.ts";
import { malformed } from "./refusal.ts";
import { isRecord, type Reviver, setOwn } from "./reviving.ts";

/** Packs an instance of a registered class. */
export function packInstance(source: object, type: RegisteredClass, key: Key, packing: Packing): unknown {
  const place = packing.meet(source, key, null, type.decode ? Meeting.refuse : Meeting.refer);
  const outer = packing.open;
  packing.open = place;
  const data = [type.encode ? encoded(source, type, place.key, packing) : fieldsOf(source, packing)];
  packing.open = outer;
  packing.entry(ValueKind.class, key, type.name);
  place.again = Meeting.refer;
  return data;
}

function encoded(source: object, { encode, name }: RegisteredClass, key: Key, packing: Packing): unknown {
  let value: unknown;
  try {
    value = encode?.(source as never);
  } catch (cause) {
    throw packing.refuse(key, `encoding ${name} threw: ${describeThrown(cause)}`, cause);
  }
  packing.sealed++;
  const data = packing.walk(value, 0, packing);
  packing.sealed--;
  return data;
}

/** The properties of an instance whose class says nothing else. */
function fieldsOf(source: object, packing: Packing): unknown {
  const fields = { ...source } as Record<string, unknown>;
  packing.sealed++;
  packFields(fields, packing.meet(fields, 0, fields), packing);
  packing.sealed--;
  return fields;
}

export const classReviver: Reviver = {
  open(data, rest, revival) {
    const type = registered(rest[0]);
    if (!Array.isArray(data) || data.length !== 1) throw malformed(`a ${type.name} needs a list of one`);
    revival.seal(data);
    return type.decode ? null : Object.create(type.prototype);
  },
  close(shell, data, rest) {
    const type = registered(rest[0]);
    const value: unknown = (data as unknown[])[0];
    return type.decode ? decoded(type, value) : filled(shell as object, type, value);
  },
};

function registered(name: unknown): RegisteredClass {
  const type = typeof name === "string" ? classOfName(name) : undefined;
  if (!type) throw malformed(`no class is registered here as ${nameOf(name)}; call registerClass on both sides`);
  return type;
}

function decoded({ decode, name }: RegisteredClass, value: unknown): unknown {
  try {
    return decode?.(value as never);
  } catch (cause) {
    const message = `malformed value: decoding ${name} threw: ${describeThrown(cause)}`;
    throw new RpcError("INVALID_ARGUMENT", message, { cause, delivered: "no" });
  }
}

function filled(shell: object, { name }: RegisteredClass, value: unknown): object {
  if (!isRecord(value)) throw malformed(`a ${name} needs an object`);
  for (const key of Object.keys(value)) setOwn(shell, key, value[key]);
  return shell;
}

function nameOf(name: unknown): string {
  return typeof name === "string" ? JSON.stringify(name.slice(0, 100)) : typeof name;
}
