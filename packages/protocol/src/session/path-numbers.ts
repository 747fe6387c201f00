import { RpcError } from "../error.ts";
import { Kind, type Message, type WirePath } from "../message.ts";
import { maxPathLength, maxPathNumbers, maxPathSegments } from "../parse-message.ts";
import type { StubPath } from "./stub-base.ts";

/** Paths travel once and are numbers from then on: each direction has a table of its own. */
export class PathNumbers {
  readonly #define: (message: Message) => void;
  readonly #ours = new Map<string, number>();
  readonly #theirs: (readonly string[])[] = [];

  /** `define` sends the message that gives a path its number. */
  constructor(define: (message: Message) => void) {
    this.#define = define;
  }

  /** How a path of ours is written. Throws INVALID_ARGUMENT for one that no peer takes. */
  write(path: StubPath): WirePath {
    if (path.internedBy === this.#ours) return path.internedAs as number;
    const { segments } = path;
    if (segments.length === 0) return segments;
    demandFit(segments);
    const key = JSON.stringify(segments);
    const number = this.#ours.get(key) ?? this.#intern(key, segments);
    if (number === undefined) return segments;
    // Not this object, which knows its session: a client's stubs outlive those.
    path.internedBy = this.#ours;
    path.internedAs = number;
    return number;
  }

  /** The peer gave a path a number. Throws PROTOCOL_ERROR for a number that has a path. */
  define(number: number, segments: readonly string[]): void {
    if (this.#theirs[number]) throw new RpcError("PROTOCOL_ERROR", `path number ${number} is taken`);
    this.#theirs[number] = segments;
  }

  /** What the peer's path says. Throws PROTOCOL_ERROR for a number without a path. */
  read(path: WirePath): readonly string[] {
    if (typeof path !== "number") return path;
    const segments = this.#theirs[path];
    if (!segments) throw new RpcError("PROTOCOL_ERROR", `path number ${path} has not been given`);
    return segments;
  }

  #intern(key: string, segments: readonly string[]): number | undefined {
    const number = this.#ours.size;
    if (number >= maxPathNumbers) return undefined;
    this.#ours.set(key, number);
    // A message of its own, so that a refused call does not take it along.
    this.#define([Kind.path, number, segments]);
    return number;
  }
}

function demandFit(segments: readonly string[]): void {
  const length = segments.reduce((sum, segment) => sum + segment.length, 0);
  if (segments.length <= maxPathSegments && length <= maxPathLength) return;
  const limits = `${maxPathSegments} segments and ${maxPathLength} characters`;
  throw new RpcError("INVALID_ARGUMENT", `a path has at most ${limits}: ${segments.join(".").slice(0, 80)}`, {
    delivered: "no",
  });
}
