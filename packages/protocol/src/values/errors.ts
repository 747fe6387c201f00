import { RpcError } from "../error.ts";
import type { Key } from "../message.ts";
import { classNameOf } from "./brands.ts";
import { ValueKind } from "./kinds.ts";
import type { Packing } from "./packing.ts";
import { type Fields, packFields } from "./records.ts";
import { expect } from "./refusal.ts";
import { isRecord, type Reviver, setAll, setOwn } from "./reviving.ts";

/** The classes that are revived. Those that a runtime lacks become Error. */
const known = /^(Aggregate|Eval|Range|Reference|Rpc|Syntax|Type|URI)?Error$|^DOMException$/;

/**
 * Packs an error with its whole tree: structured clone would lose the class name,
 * the own properties and much else. The stack goes to trusted peers only.
 */
export function packError(source: Error, key: Key, packing: Packing): unknown {
  const type = classOf(source);
  const place = packing.meet(source, key, null);
  const data = standardOf(source, type, packing.options.trusted);
  packing.inside(place, () => {
    packFields(data, place, packing);
    // Symbols are left out: platforms keep their notes there.
    const props = setAll({}, source) as Fields;
    if (Object.keys(props).length === 0) return;
    const outer = packing.open;
    packing.open = place;
    data["props"] = packFields(props, packing.meet(props, "props", props), packing);
    packing.open = outer;
  });
  packing.entry(ValueKind.error, key, type);
  return data;
}

/** What an error has of the usual, where listings do not show it. */
function standardOf(source: Error, type: string, trusted: boolean): Fields {
  const data: Fields = {};
  const { name, message, stack } = source;
  const shown = (property: string) => Object.prototype.propertyIsEnumerable.call(source, property);
  if (name !== type && !shown("name")) data["name"] = String(name);
  if (message && !shown("message")) data["message"] = String(message);
  if (trusted && stack && !shown("stack")) data["stack"] = String(stack);
  for (const property of ["cause", "errors"] as const) {
    if (Object.hasOwn(source, property) && !shown(property)) data[property] = (source as AggregateError)[property];
  }
  return data;
}

/** The nearest class in the chain that every runtime has. */
function classOf(source: Error): string {
  let prototype: object | null = source;
  let name = "";
  while (prototype && !known.test(name)) {
    prototype = Object.getPrototypeOf(prototype);
    name = classNameOf(prototype);
  }
  return name || "Error";
}

export const errorReviver: Reviver = {
  open(data, [type]) {
    expect(isRecord(data) && isRecord(data["props"] ?? {}) && known.test(String(type)), "an error");
    const { name, message, stack } = data;
    for (const text of [name, message, stack]) expect(text === undefined || typeof text === "string", "an error");
    const error = create(String(type), message as string | undefined, name as string | undefined);
    if (name !== undefined && error.name !== name) setOwn(error, "name", name, false);
    setOwn(error, "stack", stack ?? `${error.name}: ${error.message}`, false);
    return error;
  },
  close(shell, data: Fields) {
    const error = shell as Error;
    for (const property of ["cause", "errors"]) {
      if (Object.hasOwn(data, property)) setOwn(error, property, data[property], false);
    }
    setAll(error, (data["props"] ?? {}) as Fields);
    if (RpcError.is(error)) expect(typeof error.code === "string", "an error");
    return error;
  },
};

type ErrorConstructor = new (message?: string, name?: string) => Error;

function create(type: string, message: string | undefined, name: string | undefined): Error {
  if (type === "RpcError") return new RpcError("INTERNAL", message ?? "");
  if (type === "AggregateError") return new AggregateError([], message);
  const Class = (globalThis as unknown as Record<string, ErrorConstructor>)[type] ?? Error;
  // Only DOMException looks at the name.
  return new Class(message, name);
}
