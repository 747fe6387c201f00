import { defineTransport, json } from "@portolan/protocol";
import { parseWorkerWord, type WorkerHand, type WorkerWord, workerHand } from "../words.ts";
import { type Acceptance, awaitAcceptance, type MainLink } from "./acceptance.ts";

/** What its preload has left a service worker's script; `undefined` elsewhere. */
export function theWorkerHand(): WorkerHand | undefined {
  return (globalThis as { [workerHand]?: WorkerHand })[workerHand];
}

/** Asks main for a line from a service worker, which Electron gives no ports. What goes on it is text. */
export function openWorkerLink(hand: WorkerHand, name: string, trusted: boolean): MainLink {
  const { lines, say } = switchboardOf(hand);
  const id = crypto.randomUUID();
  const open = (acceptance: Acceptance) =>
    defineTransport({
      traits: { carries: "text", trusted },
      codec: json(),
      peer: { kind: "electron-main" },
      open(events) {
        acceptance.opened(events);
        lines.set(id, ([, kind, first = "", second = ""]) => {
          if (kind === "accepted") acceptance.accept();
          else if (kind === "refused") acceptance.refuse(first, second);
          else if (kind === "text") events.message(first);
          else if (kind === "close") events.end(acceptance.whyClosed());
        });
        say([id, "connect", name]);
        return {
          // Sessions of text send text.
          send: (message) => say([id, "text", message as string]),
          close() {
            lines.delete(id);
            say([id, "close"]);
          },
        };
      },
    });
  return awaitAcceptance("serviceWorkerListener", open);
}

/** All lines of a worker: its preload is given one listener, which it keeps for good. */
interface Switchboard {
  readonly lines: Map<string, (word: WorkerWord) => void>;
  say(word: WorkerWord): void;
}

const switchboards = new WeakMap<WorkerHand, Switchboard>();

function switchboardOf(hand: WorkerHand): Switchboard {
  const known = switchboards.get(hand);
  if (known) return known;
  const lines: Switchboard["lines"] = new Map();
  const say = hand((data) => {
    const word = parseWorkerWord(data);
    if (word) lines.get(word[0])?.(word);
  });
  const made = { lines, say };
  switchboards.set(hand, made);
  return made;
}
