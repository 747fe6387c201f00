import { type CloseReason, giveBack, RpcError, type TransportEvents, type TransportPort } from "@portolan/protocol";
import { closeFrameOf, reasonOfClose } from "./close-code.ts";
import {
  type CloseEventLike,
  type EmittingWebSocket,
  type NodeWebSocket,
  ReadyState,
  type WebSocketEvents,
  type WebSocketLike,
} from "./web-socket-like.ts";

/** How long, in milliseconds, a closing peer may take to answer the close frame. */
const closePatience = 2_000;

/** How often a full buffer is looked at where nobody tells, in milliseconds. */
const lookInterval = 2;

/** From this many bytes on, a message may stand in memory that its codec can use again. */
const worthGiving = 16 * 1024;

const heard = ["open", "message", "error", "close"] as const;

/** The listener and the verbs of one WebSocket, in whatever state it is. */
export class WebSocketPort implements TransportPort, WebSocketEvents {
  readonly #socket: WebSocketLike & NodeWebSocket;
  readonly #events: TransportEvents;
  readonly #owned: boolean;
  readonly #highWaterMark: number;
  /** It has not been open yet. */
  #opening: boolean;
  /** What was sent while connecting. */
  #early: (string | Uint8Array<ArrayBuffer>)[] | undefined;
  #busy: boolean | undefined;
  /** Takes the listeners off a socket of `ws`. */
  readonly #stop: (() => void) | undefined;
  /** While the socket's buffer is full: stops to wait for room. */
  #full: (() => void) | undefined;

  /** @param owned the socket is ours to close. */
  constructor(socket: WebSocketLike, events: TransportEvents, owned: boolean, highWaterMark: number) {
    this.#socket = socket;
    this.#events = events;
    this.#owned = owned;
    this.#highWaterMark = highWaterMark;
    // `ws` gives parts of what it read, instead of a copy of each.
    socket.binaryType = "terminate" in socket ? "nodebuffer" : "arraybuffer";
    const opening = socket.readyState === ReadyState.connecting;
    this.#opening = opening;
    if (isEmitter(socket)) this.#stop = this.#hear(socket, opening);
    else for (const type of heard) if (opening || type !== "open") socket.addEventListener(type, this);
    if (socket.readyState >= ReadyState.closing) events.end(alreadyClosed);
  }

  handleEvent(event: { readonly type: string; readonly data?: unknown; readonly error?: unknown }): void {
    switch (event.type) {
      case "message":
        return this.#events.message(messageOf(event.data));
      case "open":
        return this.#opened();
      case "close":
        return this.#ended(reasonOfClose(event as unknown as CloseEventLike));
      default:
        // Browsers, and Node from 24 on, tell nothing here and follow with `close`; others tell why, and may close much later.
        if (tellsWhy(event.error)) this.#ended(reasonOfError(event.error));
    }
  }

  send(message: unknown): void {
    if (typeof message !== "string" && !isBytes(message)) {
      throw new TypeError(`expected a string or a Uint8Array for a WebSocket, got ${typeof message}`);
    }
    const { readyState } = this.#socket;
    if (readyState === ReadyState.connecting) {
      this.#early ??= [];
      return void this.#early.push(message);
    }
    if (readyState !== ReadyState.open) {
      throw new RpcError("UNAVAILABLE", "the WebSocket is closing", { delivered: "no" });
    }
    if (message.length < worthGiving || typeof message === "string") this.#socket.send(message);
    // Only `ws` calls back.
    else this.#socket.send(message, (error) => error ?? giveBack(message));
    if (!this.#full && this.#socket.bufferedAmount >= this.#highWaterMark) this.#waitForRoom();
  }

  /** True from the high-water mark until half of it has left. */
  blocked(): boolean {
    return this.#full !== undefined || this.#socket.readyState === ReadyState.connecting;
  }

  hold(busy: boolean): void {
    this.#busy = busy;
    const below = this.#socket._socket;
    if (busy) below?.ref?.();
    else below?.unref?.();
  }

  close(reason: CloseReason): void {
    this.#full?.();
    this.#early = undefined;
    if (this.#stop) this.#stop();
    else for (const type of heard) this.#socket.removeEventListener(type, this);
    if (this.#socket.readyState === ReadyState.closed) return;
    if (this.#owned) closeSocket(this.#socket, reason);
    // It stays open, and who has ended or misused it may go on: what `ws` raises then, unheard, would end the process.
    else if (reason.code !== "OK" || reason.by !== "local") this.#socket.addEventListener("error", unheard);
  }

  /** What `ws` tells as an EventEmitter takes no object for each message, and holds less for each socket. */
  #hear(socket: EmittingWebSocket, opening: boolean): () => void {
    const message = (data: unknown, binary: boolean) => this.#events.message(binary ? messageOf(data) : String(data));
    const close = (code: number, reason: unknown) => this.#ended(reasonOfClose({ code, reason: String(reason) }));
    const error = (why: unknown) => this.#ended(reasonOfError(why));
    const open = opening ? () => this.#opened() : undefined;
    socket.on("message", message);
    socket.on("close", close);
    socket.on("error", error);
    if (open) socket.on("open", open);
    return () => {
      socket.off("message", message);
      socket.off("close", close);
      socket.off("error", error);
      if (open) socket.off("open", open);
    };
  }

  /** Of what never opened, nothing has reached anybody. */
  #ended(reason: CloseReason): void {
    this.#events.end(this.#opening ? { ...reason, delivered: "no" } : reason);
  }

  #opened(): void {
    this.#opening = false;
    if (this.#busy !== undefined) this.hold(this.#busy);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) this.send(message);
    if (!this.blocked()) this.#events.writable();
  }

  /** WebSockets tell nobody when their buffer empties, so a timer looks; `ws` shows the socket below, which tells. */
  #waitForRoom(): void {
    const below = this.#socket._socket;
    const look = () => this.#look();
    if (below?.once && below.off) {
      below.once("drain", look);
      this.#full = () => below.off?.("drain", look);
    } else {
      const timer = setTimeout(look, lookInterval);
      this.#full = () => clearTimeout(timer);
    }
  }

  #look(): void {
    if (this.#socket.bufferedAmount > this.#highWaterMark / 2) return this.#waitForRoom();
    this.#full = undefined;
    this.#events.writable();
  }
}

const unheard: WebSocketEvents = { handleEvent() {} };

function isEmitter(socket: object): socket is EmittingWebSocket {
  return "terminate" in socket && "on" in socket && "off" in socket;
}

/** Text, or a plain view of what `ws` gives as a Buffer and browsers as an ArrayBuffer. */
function messageOf(data: unknown): unknown {
  if (typeof data === "string") return data;
  if (!ArrayBuffer.isView(data)) return new Uint8Array(data as ArrayBuffer);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const alreadyClosed: CloseReason = { code: "UNAVAILABLE", message: "the WebSocket is closed already", by: "platform" };

function isBytes(message: unknown): message is Uint8Array<ArrayBuffer> {
  return message instanceof Uint8Array;
}

/** Says goodbye by a close frame; a peer that does not answer it, or is known to be gone, is cut off where possible. */
function closeSocket(socket: WebSocketLike & NodeWebSocket, reason: CloseReason): void {
  const gone = reason.code === "UNAVAILABLE" && socket.terminate !== undefined;
  const timer = socket.terminate && !gone ? setTimeout(() => socket.terminate?.(), closePatience) : undefined;
  // `ws` raises an error for a connection given up while connecting; unheard it would end the process.
  const last: WebSocketEvents = {
    handleEvent({ type }) {
      if (type !== "close") return;
      clearTimeout(timer);
      socket.removeEventListener("close", last);
      socket.removeEventListener("error", last);
    },
  };
  socket.addEventListener("close", last);
  socket.addEventListener("error", last);
  const { code, reason: text } = closeFrameOf(reason);
  if (gone) socket.terminate?.();
  else socket.close(code, text);
}

function tellsWhy(error: unknown): boolean {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  return Boolean(code || message);
}

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
