import { nodeOf, type ResultBase, type StubNode } from "./stub-base.ts";

/** On a result these are its promise's; on a property of a result, of a promise for that property. */
export function promiseMethod({ segments }: StubNode, result: ResultBase, name: "then" | "catch" | "finally"): unknown {
  if (name === "then")
    return (onValue?: (value: unknown) => unknown, onError?: (error: unknown) => unknown) =>
      promiseAt(result, segments).then(onValue, onError);
  return (onEnd?: () => void) => promiseAt(result, segments)[name](onEnd);
}

function promiseAt(result: ResultBase, segments: readonly string[]): Promise<unknown> {
  return segments.length === 0 ? result.promise() : result.promise().then((value) => propertyAt(value, segments));
}

function propertyAt(value: unknown, segments: readonly string[]): unknown {
  return segments.reduce(memberOfValue, value);
}

/** A property of a stub, or an own property of a value. */
export function memberOfValue(value: unknown, key: string): unknown {
  const own = nodeOf(value) !== undefined || (typeof value === "object" && value !== null && Object.hasOwn(value, key));
  return own ? (value as Record<string, unknown>)[key] : undefined;
}

/** Lets `for await (const item of client.list())` work without an await before the call. */
export function iterateResult(result: ResultBase): AsyncIterator<unknown> {
  let iterator: AsyncIterator<unknown> | undefined;
  let opening: Promise<AsyncIterator<unknown>> | undefined;
  const open = (): Promise<AsyncIterator<unknown>> => {
    opening ??= result.promise().then((value) => {
      iterator = iteratorOf(value);
      return iterator;
    });
    return opening;
  };
  return {
    // Once it is open, items cost no promise of this wrapper.
    next: () => (iterator ? iterator.next() : open().then((opened) => opened.next())),
    return: async (value) => (await (await open()).return?.(value)) ?? { done: true, value },
    throw: async (error) => (await (await open()).throw?.(error)) ?? Promise.reject(error),
  };
}

function iteratorOf(value: unknown): AsyncIterator<unknown> {
  const iterable = value as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  const asynchronous = iterable?.[Symbol.asyncIterator];
  if (asynchronous) return asynchronous.call(iterable);
  const synchronous = iterable?.[Symbol.iterator];
  if (!synchronous) throw new TypeError("the call returned nothing that can be iterated");
  const iterator = synchronous.call(iterable);
  return {
    next: async () => iterator.next(),
    return: async (last) => iterator.return?.(last) ?? { done: true, value: last },
  };
}
