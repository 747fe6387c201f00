/**
 * What the four doors say to one another before a session begins. Sessions have their own messages; these only hand
 * over ports.
 *
 *     page → preload      window.postMessage({ "portolan:connect": ["main", name] }, "*", [port])
 *     preload → main      ipcRenderer.postMessage("portolan:connect", ["main", name], [port])
 *     main → page         on that port, first: { "portolan:answer": ["accepted"] } or ["refused", code, sentence]
 *     main → page         on a port asked for with ["peers", name]: { "portolan:peer": details } with the peer's port
 *     main → utility      child.postMessage({ "portolan:peer": details }, [port])
 */

/** The channel of `ipcMain`, and the key under which a page asks its preload. */
export const connectWord = "portolan:connect";

/** Main's first message on every port that it was handed. */
export const answerWord = "portolan:answer";

/** A message that brings a port to another frame or process. */
export const peerWord = "portolan:peer";

/** What a preload leaves in its own world for a client there: a function of a {@link ConnectRequest} and a port. */
export const handOver: unique symbol = Symbol.for("portolan.electron.connect") as never;

/** What a page asks for: to talk to main, or to hear of peers; under which name. */
export type ConnectRequest = readonly [to: "main" | "peers", name: string];

/** What main answers. */
export type ConnectAnswer = readonly ["accepted"] | readonly ["refused", code: string, sentence: string];

/** Who is at the other end of a direct link, as main vouches for it. */
export interface PeerDetails {
  readonly kind: "electron-frame" | "electron-utility";
  /** The name of the link. */
  readonly name: string;
  /** The frame's origin, as `file://` or `https://app.example`. */
  readonly origin?: string;
  readonly url?: string;
  /** The id of the frame's webContents. */
  readonly webContentsId?: number;
  /** Main passes everything on, so only what main can carry crosses. */
  readonly via?: "main";
  /** The utility process's id. */
  readonly pid?: number;
}

/** The request in foreign data, or `undefined`. */
export function parseRequest(data: unknown): ConnectRequest | undefined {
  if (!Array.isArray(data) || data.length !== 2) return undefined;
  const [to, name]: readonly unknown[] = data;
  if (to !== "main" && to !== "peers") return undefined;
  return typeof name === "string" && name.length <= 256 ? [to, name] : undefined;
}

/** What stands under `word` in a message, if it is such a message. */
export function wordIn(message: unknown, word: string): unknown {
  if (typeof message !== "object" || message === null || !Object.hasOwn(message, word)) return undefined;
  return (message as Record<string, unknown>)[word];
}

/** The answer in a message from main, or `undefined`. */
export function parseAnswer(message: unknown): ConnectAnswer | undefined {
  const answer = wordIn(message, answerWord);
  if (!Array.isArray(answer)) return undefined;
  const [kind, code, sentence]: readonly unknown[] = answer;
  if (kind === "accepted") return ["accepted"];
  return kind === "refused" ? ["refused", String(code), String(sentence)] : undefined;
}
