import { RpcError } from "../error.ts";
import type { Delivered } from "../error-code.ts";
import type { Key } from "../message.ts";
import { errorClasses, ValueKind } from "./kinds.ts";
import type { Packing } from "./packing.ts";
import { packFields } from "./records.ts";
import { malformed } from "./refusal.ts";
import { isRecord, type Reviver, setHidden, setOwn } from "./reviving.ts";

/**
 * Packs an error with its whole tree: structured clone would lose the class name,
 * the own properties and much else. The stack goes to trusted peers only.
 */
export function packError(source: Error, key: Key, packing: Packing): unknown {
  const type = classOf(source);
  const data: Record<string, unknown> = {};
  const place = packing.meet(source, key, null);
  readStandard(source, type, packing, data);
  const props = propsOf(source);
  const outer = packing.open;
  packing.open = place;
  for (const name of Object.keys(data)) data[name] = packing.walk(data[name], name, packing);
  if (props) {
    packFields(props, packing.meet(props, "props", props), packing);
    data["props"] = props;
  }
  packing.open = outer;
  packing.entry(ValueKind.error, key, type);
  return data;
}

/** What every error may have, where listings do not show it. */
function readStandard(source: Error, type: string, packing: Packing, data: Record<string, unknown>): void {
  const { name, message } = source;
  if (type === "DOMException" || (typeof name === "string" && name !== type && !isShown(source, "name")))
    data["name"] = String(name);
  if (typeof message === "string" && message !== "" && !isShown(source, "message")) data["message"] = message;
  if (packing.options.trusted && typeof source.stack === "string" && !isShown(source, "stack"))
    data["stack"] = source.stack;
  if (isHidden(source, "cause")) data["cause"] = source.cause;
  if (isHidden(source, "errors")) data["errors"] = (source as AggregateError).errors;
}

/** Own enumerable properties. Symbols are left out: platforms keep their notes there. */
function propsOf(source: Error): Record<string, unknown> | undefined {
  const names = Object.keys(source);
  if (names.length === 0) return undefined;
  const props: Record<string, unknown> = {};
  for (const name of names) setOwn(props, name, (source as unknown as Record<string, unknown>)[name]);
  return props;
}

function isShown(source: Error, name: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(source, name);
}

function isHidden(source: Error, name: string): boolean {
  return Object.hasOwn(source, name) && !isShown(source, name);
}

/** The nearest class in the chain that every runtime has. */
function classOf(source: Error): string {
  if (RpcError.is(source)) return "RpcError";
  for (let at: unknown = Object.getPrototypeOf(source); at; at = Object.getPrototypeOf(at)) {
    const name: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value?.name;
    if (typeof name === "string" && errorClasses.includes(name)) return name;
  }
  return "Error";
}

interface ErrorData {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly props?: unknown;
}

export const errorReviver: Reviver = {
  open(data, rest, revival) {
    if (!isRecord(data) || !isRecord(data["props"] ?? {})) throw malformed("an error needs an object");
    const { name, message, stack } = data;
    for (const text of [name, message, stack]) {
      if (text !== undefined && typeof text !== "string")
        throw malformed("an error's name, message and stack are text");
    }
    const shell = shellOf(rest[0], message as string | undefined, name as string | undefined, data["props"]);
    revival.stands(data, shell);
    if (isRecord(data["props"])) revival.stands(data["props"], shell);
    setHidden(shell, "stack", stack ?? firstLine(shell));
    return shell;
  },
  close(shell, data) {
    const { cause, errors, props } = data as ErrorData;
    const error = shell as object;
    if (Object.hasOwn(data as object, "cause")) setHidden(error, "cause", cause);
    if (Object.hasOwn(data as object, "errors")) setHidden(error, "errors", errors);
    for (const name of Object.keys(props ?? {})) {
      const value = (props as Record<string, unknown>)[name];
      Object.defineProperty(error, name, { value, writable: true, enumerable: true, configurable: true });
    }
    return error;
  },
};

/** What makes each class; the arguments of AggregateError come in another order. */
const constructors: Readonly<Record<string, new (message?: string) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

function shellOf(type: unknown, message: string | undefined, name: string | undefined, props: unknown): Error {
  if (typeof type !== "string" || !errorClasses.includes(type)) throw malformed("an error of an unknown class");
  if (type === "DOMException" && typeof DOMException === "function") return new DOMException(message, name);
  if (type === "RpcError") return rpcErrorOf(message, props);
  const create = constructors[type];
  const error = type === "AggregateError" ? new AggregateError([], message) : new (create ?? Error)(message);
  if (name !== undefined) setHidden(error, "name", name);
  return error;
}

function rpcErrorOf(message: string | undefined, props: unknown): RpcError {
  const { code, delivered } = (props ?? {}) as { code?: unknown; delivered?: unknown };
  const options = isDelivered(delivered) ? { delivered } : {};
  return new RpcError(typeof code === "string" ? code : "INTERNAL", message ?? "", options);
}

function isDelivered(value: unknown): value is Delivered {
  return value === "no" || value === "yes" || value === "unknown";
}

function firstLine({ name, message }: Error): string {
  return message === "" ? String(name) : `${String(name)}: ${message}`;
}
