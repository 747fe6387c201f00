import { type TapEntry, type Transport, tap } from "@portolan/protocol";
import { byId, make } from "./elements.ts";

const longest = 200;

/** The same transport, whose messages are listed in the panel as they pass. */
export function logged(transport: Transport): Transport {
  return tap(transport, { sink: show });
}

function show({ direction, kind, path, size, duration }: TapEntry): void {
  const log = byId("log");
  const line = make("li");
  line.className = direction;
  const time = duration === undefined ? `${size} B` : `${duration.toFixed(1)} ms`;
  line.append(make("i", direction === "out" ? "→" : "←"), make("em", kind), make("b", path ?? ""), make("em", time));
  log.prepend(line);
  while (log.childElementCount > longest) log.lastElementChild?.remove();
}
