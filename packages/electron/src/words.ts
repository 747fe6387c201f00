/**
 * What the four doors say to one another before a session begins. Sessions have their own messages; these only hand
 * over ports.
 *
 *     page → preload      window.postMessage({ "portolan:connect": ["main", name] }, "*", [port])
 *     preload → main      ipcRenderer.postMessage("portolan:connect", ["main", name], [port])
 *     main → page         on that port, first: { "portolan:answer": ["accepted"] } or ["refused", code, sentence]
 *     main → page         on a port asked for with ["peers", name]: { "portolan:peer": details } with the peer's port
 *     main → utility      child.postMessage({ "portolan:peer": details }, [port])
 *
 * A service worker can be given no port: its preload has no `MessageChannel`, its context bridge copies ports to nothing,
 * and `ServiceWorkerMain` has `send` and no `postMessage` (which is deaf until the worker runs). So its sessions are text, between its script and main:
 *
 *     worker → preload    a function that the preload leaves in the script's world: WorkerHand
 *     worker → main       ipcRenderer.send("portolan:worker", [line, "connect", name] | [line, "text", text] | [line, "close"])
 *     main → worker       worker.send("portolan:worker", [line, "accepted"] | [line, "refused", code, sentence] | [line, "text", text] | [line, "close"])
 */

/** The channel of `ipcMain`, and the key under which a page asks its preload. */
export const connectWord = "portolan:connect";

/** Main's first message on every port that it was handed. */
export const answerWord = "portolan:answer";

/** A message that brings a port to another frame or process. */
export const peerWord = "portolan:peer";

/** What a preload leaves in its own world for a client there: a function of a {@link ConnectRequest} and a port. */
export const handOver: unique symbol = Symbol.for("portolan.electron.connect") as never;

/** The channel between a service worker's preload and main, which carries {@link WorkerWord}s. */
export const workerWord = "portolan:worker";

/** Where a service worker's preload leaves its {@link WorkerHand}, in the world of the worker's script. */
export const workerHand: unique symbol = Symbol.for("portolan.electron.worker") as never;

/** Takes whoever hears main's words, and returns the way to say some. Its preload keeps what it was given for good. */
export type WorkerHand = (hear: (word: unknown) => void) => (word: WorkerWord) => void;

/** What goes on a line between a service worker and main. The worker names the line. */
export type WorkerWord = readonly [line: string, kind: WorkerKind, first?: string, second?: string];

const workerKinds = ["connect", "accepted", "refused", "text", "close"] as const;

/** What a {@link WorkerWord} is. */
export type WorkerKind = (typeof workerKinds)[number];

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

/** Checks the name of a link, which both of its ends and main give. Throws a TypeError that says where. */
export function checkLinkName(options: { readonly name: string }, where: string): void {
  const name: unknown = options?.name;
  if (typeof name === "string" && name !== "" && name.length <= maxName) return;
  throw new TypeError(`expected ${where} with a name of 1 to ${maxName} characters, got ${JSON.stringify(name)}`);
}

/** The longest name that main hears. */
const maxName = 256;

/** The request in foreign data, or `undefined`. */
export function parseRequest(data: unknown): ConnectRequest | undefined {
  if (!Array.isArray(data) || data.length !== 2) return undefined;
  const [to, name]: readonly unknown[] = data;
  if (to !== "main" && to !== "peers") return undefined;
  return typeof name === "string" && name.length <= maxName ? [to, name] : undefined;
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

/** The word in foreign data, or `undefined`. */
export function parseWorkerWord(data: unknown): WorkerWord | undefined {
  if (!Array.isArray(data) || data.length < 2 || data.length > 4) return undefined;
  const [line, kind, ...rest]: readonly unknown[] = data;
  if (typeof line !== "string" || line.length > 64 || !(workerKinds as readonly unknown[]).includes(kind))
    return undefined;
  return rest.every((part) => typeof part === "string") ? (data as unknown as WorkerWord) : undefined;
}
