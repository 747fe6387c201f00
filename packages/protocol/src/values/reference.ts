/** What crosses by reference, in the words of the wire. */
export type ReferenceKind = "function" | "target" | "promise" | "signal" | "stream" | "home" | "result";

/** What a session does for values that cross by reference, on the way out. */
export interface ReferenceWriter {
  /**
   * Says which kind of reference `value` (a function or an object) is, if it is
   * one only this session can tell: a stub of the peer's own (`"home"`), the
   * unanswered result of a call (`"result"`), or a result that is a promise by
   * now (`"promise"`). Called for functions first.
   */
  recognise(value: object): ReferenceKind | undefined;
  /**
   * Exports `value` and returns what its table entry says of it (numbers, strings
   * and plain arrays only). Called only when the whole message has been walked
   * and found good. `sealed` says that it stands inside a special container, where
   * nothing can be put in place later.
   */
  write(kind: ReferenceKind, value: object, sealed: boolean): readonly unknown[];
}

/** What a session does for values that cross by reference, on the way in. */
export interface ReferenceReader {
  /**
   * Revives a reference from what its table entry says (unchecked foreign data).
   * Throws an RpcError INVALID_ARGUMENT for what cannot be.
   * What is not here yet is written in place by `put` before the value is used.
   */
  read(kind: ReferenceKind, rest: readonly unknown[], put: (value: unknown) => void): unknown;
}
