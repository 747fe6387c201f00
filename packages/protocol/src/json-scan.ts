import type { DecodeGuard } from "./codec.ts";
import { limit } from "./values/refusal.ts";

const quote = 34;
const backslash = 92;
const comma = 44;

/**
 * Counts depth and nodes of a JSON text without parsing it, so that a text made
 * to exhaust us never becomes objects. Throws an RpcError RESOURCE_EXHAUSTED.
 */
export function scanJson(text: string, guard: DecodeGuard): void {
  if (text.length <= guard.nodes && isShallow(text, guard.depth)) return;
  let depth = 0;
  let nodes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) at = endOfString(text, at);
    else if (unit === 91 || unit === 123) {
      nodes++;
      if (++depth > guard.depth) limit(depth, guard.depth, "levels");
    } else if (unit === 93 || unit === 125) depth--;
    else if (unit === comma) nodes++;
    if (nodes > guard.nodes) limit(nodes, guard.nodes, "nodes");
  }
}

/** True when there are too few brackets to nest deeper, in strings or not. A node takes a character at least. */
function isShallow(text: string, depth: number): boolean {
  let open = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (++open > depth) return false;
  }
  return true;
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
  } while (isEscaped(text, end));
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++;
  return slashes % 2 === 1;
}
