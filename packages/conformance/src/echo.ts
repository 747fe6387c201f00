import type { Transport } from "@portolan/protocol";
import { RawEnd } from "./raw-end.ts";

/** What asks the far side for {@link answerRaw} instead of a session. */
export const rawRequest = "portolan conformance: raw";

/** Whether a frame asks for the transport itself. */
export function isRawRequest(frame: unknown): boolean {
  return Array.isArray(frame) && frame[0] === rawRequest;
}

/**
 * The far side of the cases about the transport itself: repeats `["echo", …]`,
 * sends bursts, tells what it received, closes when told.
 */
export function answerRaw(transport: Transport): void {
  transport.hold(true);
  const end = new RawEnd(transport);
  let done = 0;
  const answer = (): void => {
    while (done < end.received.length && !transport.ended) obey(end, end.received[done++]);
  };
  transport.receive(answer);
  answer();
}

function obey(end: RawEnd, frame: unknown): void {
  const [what, count] = Array.isArray(frame) ? (frame as readonly unknown[]) : [];
  switch (what) {
    case rawRequest:
      // Asked again before it heard the answer.
      return end.received.some((each, index) => isRawRequest(each) && index < end.received.indexOf(frame))
        ? undefined
        : end.send(frame);
    case "echo":
      return end.send(frame);
    case "burst":
      return burst(end, Number(count));
    case "heard":
      return end.send([
        "heard",
        end.received.filter((each) => Array.isArray(each) && each[0] === "note").map((each) => (each as unknown[])[1]),
      ]);
    case "close":
      burst(end, Number(count));
      return end.transport.close();
    default:
  }
}

function burst(end: RawEnd, count: number): void {
  for (let index = 0; index < count; index++) end.send(["item", index]);
}
