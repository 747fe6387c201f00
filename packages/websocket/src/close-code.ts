import type { CloseReason } from "@portolan/protocol";
import type { CloseEventLike } from "./web-socket-like.ts";

/**
 * The close frame for a reason. `OK` is 1000; Portolan's own codes are 4000 and
 * gRPC's number (4016 UNAUTHENTICATED), since applications may use only 1000 and
 * 3000 to 4999 (https://websockets.spec.whatwg.org/#dom-websocket-close). A code
 * that a router declared is 4099 and stands before the text. The text is cut to
 * the 123 bytes that fit (RFC 6455, 5.5), between two code points.
 */
export function closeFrameOf(reason: CloseReason): CloseEventLike {
  if (reason.code === "OK") return { code: normal, reason: fitting(reason.message) };
  const number = numberOfCode.get(reason.code);
  if (number !== undefined) return { code: ownCodes + number, reason: fitting(reason.message) };
  return { code: declaredCode, reason: fitting(`${reason.code}: ${reason.message}`) };
}

/** The reason that a close frame, or the lack of one (1006), tells. */
export function reasonOfClose({ code, reason }: CloseEventLike, cause?: unknown): CloseReason {
  const why = cause === undefined ? {} : { cause };
  if (code === normal) return { code: "OK", message: reason || "the other end closed", by: "remote" };
  const own = codeOfNumber.get(code - ownCodes);
  if (own) return { code: own, message: reason || `the other end closed with ${own}`, by: "remote", ...why };
  const declared = code === declaredCode ? /^(\w{1,64}): (.*)$/s.exec(reason) : null;
  if (declared?.[1]) return { code: declared[1], message: declared[2] ?? "", by: "remote" };
  const [known, text, by] = standard.get(code) ?? ["UNAVAILABLE", "the other end closed", "remote"];
  return { code: known, message: `${text} (${code}${reason && `: ${reason}`})`, by, ...why };
}

const normal = 1000;
const ownCodes = 4000;
const declaredCode = 4099;

/** gRPC's numbers (https://grpc.io/docs/guides/status-codes), and two of ours above them. */
const numberOfCode: ReadonlyMap<string, number> = new Map([
  ["CANCELLED", 1],
  ["INVALID_ARGUMENT", 3],
  ["DEADLINE_EXCEEDED", 4],
  ["NOT_FOUND", 5],
  ["ALREADY_EXISTS", 6],
  ["PERMISSION_DENIED", 7],
  ["RESOURCE_EXHAUSTED", 8],
  ["FAILED_PRECONDITION", 9],
  ["ABORTED", 10],
  ["UNIMPLEMENTED", 12],
  ["INTERNAL", 13],
  ["UNAVAILABLE", 14],
  ["DATA_LOSS", 15],
  ["UNAUTHENTICATED", 16],
  ["PROTOCOL_ERROR", 50],
  ["VERSION_MISMATCH", 51],
]);
const codeOfNumber: ReadonlyMap<number, string> = new Map([...numberOfCode].map(([code, number]) => [number, code]));

/** https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number */
const standard: ReadonlyMap<number, readonly [code: string, text: string, by: CloseReason["by"]]> = new Map([
  [1001, ["UNAVAILABLE", "the other end goes away", "remote"]],
  [1002, ["PROTOCOL_ERROR", "the other end saw no proper WebSocket frames", "remote"]],
  [1003, ["PROTOCOL_ERROR", "the other end does not take such data", "remote"]],
  [1005, ["UNAVAILABLE", "the other end closed without saying why", "remote"]],
  [1006, ["UNAVAILABLE", "the connection broke, or could not be made", "platform"]],
  [1007, ["PROTOCOL_ERROR", "the other end saw text that is no UTF-8", "remote"]],
  [1008, ["PERMISSION_DENIED", "the other end refuses this connection", "remote"]],
  [1009, ["RESOURCE_EXHAUSTED", "a message was too large for the other end", "remote"]],
  [1011, ["INTERNAL", "the other end failed", "remote"]],
  [1012, ["UNAVAILABLE", "the other end restarts", "remote"]],
  [1013, ["UNAVAILABLE", "the other end is overloaded", "remote"]],
  [1014, ["UNAVAILABLE", "the gateway got no answer", "remote"]],
  [1015, ["UNAVAILABLE", "the TLS handshake failed", "platform"]],
]);

const maxReasonBytes = 123;

function fitting(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxReasonBytes));
  return text.slice(0, read);
}
