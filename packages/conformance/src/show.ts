/**
 * Describes a value so that two that show the same are the same in every way that
 * a peer may rely on: kinds by brand, -0, holes, own keys, shared references and
 * cycles. Both ends of a connection run this, so a value can be compared without
 * trusting the way between them.
 */
export function show(value: unknown): string {
  return new Showing().show(value);
}

class Showing {
  readonly #seen = new Map<object, number>();

  show(value: unknown): string {
    switch (typeof value) {
      case "number":
        return Object.is(value, -0) ? "-0" : String(value);
      case "bigint":
        return `${value}n`;
      case "string":
        return JSON.stringify(value);
      case "symbol":
        return String(value);
      case "function":
        return "function";
      case "object":
        return value === null ? "null" : this.#showObject(value);
      default:
        return String(value);
    }
  }

  #showObject(value: object): string {
    const known = this.#seen.get(value);
    if (known !== undefined) return `#${known}`;
    const number = this.#seen.size;
    this.#seen.set(value, number);
    return this.#showNew(value, Object.prototype.toString.call(value).slice(8, -1));
  }

  #showNew(value: object, tag: string): string {
    if (ArrayBuffer.isView(value)) return `${tag}(${hex(value.buffer, value.byteOffset, value.byteLength)})`;
    switch (tag) {
      case "ArrayBuffer":
        return `ArrayBuffer(${hex(value as ArrayBuffer, 0, (value as ArrayBuffer).byteLength)})`;
      case "Date":
        return `Date(${(value as Date).getTime()})`;
      case "RegExp":
        return `${String(value)}@${(value as RegExp).lastIndex}`;
      case "Map":
        return `Map{${[...(value as Map<unknown, unknown>)].map(([k, v]) => `${this.show(k)}=>${this.show(v)}`).join()}}`;
      case "Set":
        return `Set{${[...(value as Set<unknown>)].map((v) => this.show(v)).join()}}`;
      case "Error":
      case "DOMException":
        return this.#showError(value as Error);
      case "Boolean":
      case "Number":
      case "String":
      case "BigInt":
      case "Symbol":
        return `${tag}[${this.show(value.valueOf())}]`;
      case "Array":
        return `[${(value as unknown[]).length}:${this.#showKeys(value)}]`;
      default: {
        const prototype: object | null = Object.getPrototypeOf(value);
        return `${prototype === null ? "null " : tag === "Object" ? "" : tag}{${this.#showKeys(value)}}`;
      }
    }
  }

  #showKeys(value: object): string {
    return Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}:${this.show(inner)}`)
      .join();
  }

  /** Stacks are left out: whether they cross is a matter of trust. */
  #showError(error: Error): string {
    const { name, message } = error;
    const cause = Object.hasOwn(error, "cause") ? `,cause:${this.show(error.cause)}` : "";
    const errors = Object.hasOwn(error, "errors") ? `,errors:${this.show((error as AggregateError).errors)}` : "";
    const own = Object.entries(error).filter(([key]) => !["name", "message", "stack", "cause", "errors"].includes(key));
    return `${name}(${message}${cause}${errors}${own.map(([key, inner]) => `,${key}:${this.show(inner)}`).join("")})`;
  }
}

function hex(buffer: ArrayBufferLike, offset: number, length: number): string {
  return [...new Uint8Array(buffer, offset, length)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
