import { type CloseReason, RpcError, type TransportEvents, type TransportPort } from "@portolan/protocol";
import { closeFrameOf, reasonOfClose } from "./close-code.ts";
import { SendPressure } from "./send-pressure.ts";
import { type CloseEventLike, type NodeWebSocket, ReadyState, type WebSocketLike } from "./web-socket-like.ts";

/** How a {@link WebSocketPort} treats its socket. */
export interface WebSocketPortOptions {
  /** The socket is ours to close. */
  readonly owned: boolean;
  readonly highWaterMark: number;
}

/** How long, in milliseconds, a closing peer may take to answer the close frame. */
const closePatience = 2_000;

/** The listeners and verbs of one WebSocket, in whatever state it is. */
export class WebSocketPort implements TransportPort {
  readonly #socket: WebSocketLike & NodeWebSocket;
  readonly #events: TransportEvents;
  readonly #owned: boolean;
  readonly #pressure: SendPressure;
  /** What was sent while connecting. */
  #early: (string | Uint8Array<ArrayBuffer>)[] = [];
  #busy: boolean | undefined;

  constructor(socket: WebSocketLike, events: TransportEvents, { owned, highWaterMark }: WebSocketPortOptions) {
    this.#socket = socket;
    this.#events = events;
    this.#owned = owned;
    this.#pressure = new SendPressure({
      highWaterMark,
      buffered: () => socket.bufferedAmount,
      writable: () => events.writable(),
    });
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", this.#opened);
    socket.addEventListener("message", this.#arrived);
    socket.addEventListener("error", this.#failed);
    socket.addEventListener("close", this.#ended);
    if (socket.readyState >= ReadyState.closing) events.end(alreadyClosed);
  }

  send(message: unknown): void {
    if (typeof message !== "string" && !isBytes(message)) {
      throw new TypeError(`expected a string or a Uint8Array for a WebSocket, got ${typeof message}`);
    }
    const { readyState } = this.#socket;
    if (readyState === ReadyState.connecting) return void this.#early.push(message);
    if (readyState !== ReadyState.open) {
      throw new RpcError("UNAVAILABLE", "the WebSocket is closing", { delivered: "no" });
    }
    this.#socket.send(message);
    this.#pressure.check();
  }

  blocked(): boolean {
    return this.#pressure.blocked || this.#socket.readyState === ReadyState.connecting;
  }

  hold(busy: boolean): void {
    this.#busy = busy;
    const below = this.#socket._socket;
    if (busy) below?.ref?.();
    else below?.unref?.();
  }

  close(reason: CloseReason): void {
    this.#pressure.close();
    this.#early = [];
    this.#socket.removeEventListener("open", this.#opened);
    this.#socket.removeEventListener("message", this.#arrived);
    this.#socket.removeEventListener("error", this.#failed);
    this.#socket.removeEventListener("close", this.#ended);
    if (this.#owned && this.#socket.readyState !== ReadyState.closed) closeSocket(this.#socket, reason);
  }

  readonly #opened = (): void => {
    if (this.#busy !== undefined) this.hold(this.#busy);
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.send(message);
    if (!this.blocked()) this.#events.writable();
  };

  readonly #arrived = (event: { readonly data: unknown }): void => {
    const { data } = event;
    this.#events.message(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
  };

  /** Browsers tell nothing here and follow with `close`; `ws` and Node tell why, and may close much later. */
  readonly #failed = (event: object): void => {
    if ("error" in event && event.error) this.#events.end(reasonOfError(event.error));
  };

  readonly #ended = (event: CloseEventLike): void => {
    this.#events.end(reasonOfClose(event));
  };
}

const alreadyClosed: CloseReason = { code: "UNAVAILABLE", message: "the WebSocket is closed already", by: "platform" };

function isBytes(message: unknown): message is Uint8Array<ArrayBuffer> {
  return message instanceof Uint8Array;
}

/** Says goodbye by a close frame; a peer that does not answer it, or is known to be gone, is cut off where possible. */
function closeSocket(socket: WebSocketLike & NodeWebSocket, reason: CloseReason): void {
  const gone = reason.code === "UNAVAILABLE" && socket.terminate !== undefined;
  const timer = socket.terminate && !gone ? setTimeout(() => socket.terminate?.(), closePatience) : undefined;
  const done = () => {
    clearTimeout(timer);
    socket.removeEventListener("close", done);
    socket.removeEventListener("error", quiet);
  };
  socket.addEventListener("close", done);
  // `ws` raises an error for a connection given up while connecting; unheard it would end the process.
  socket.addEventListener("error", quiet);
  const { code, reason: text } = closeFrameOf(reason);
  if (gone) socket.terminate?.();
  else socket.close(code, text);
}

function quiet(): void {}

/** What `ws` and Node report: errors of the socket, of the upgrade, and of frames. */
function reasonOfError(error: unknown): CloseReason {
  const { code, message = String(error) } = error as { code?: unknown; message?: string };
  const common = { message: `the WebSocket failed: ${message || String(code)}`, by: "platform", cause: error } as const;
  if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") return { code: "RESOURCE_EXHAUSTED", ...common };
  if (typeof code === "string" && code.startsWith("WS_ERR_")) return { code: "PROTOCOL_ERROR", ...common };
  const status = /^Unexpected server response: (\d+)$/.exec(message)?.[1];
  return { code: codeOfStatus(Number(status)), ...common };
}

function codeOfStatus(status: number): string {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 403) return "PERMISSION_DENIED";
  return status === 404 || status === 426 ? "UNIMPLEMENTED" : "UNAVAILABLE";
}
