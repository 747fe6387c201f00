/**
 * What Portolan needs of a WebSocket: browsers', Node's global one, and `ws`
 * have it (https://websockets.spec.whatwg.org/#the-websocket-interface).
 */
export interface WebSocketLike {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes that were sent but have not left yet. */
  readonly bufferedAmount: number;
  /** Set by the transport. */
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "message" | "error" | "close", listener: WebSocketEvents): void;
  removeEventListener(type: "open" | "message" | "error" | "close", listener: WebSocketEvents): void;
}

/** An object that hears events (https://dom.spec.whatwg.org/#callbackdef-eventlistener): one for all, instead of a function each. */
export interface WebSocketEvents {
  handleEvent(event: { readonly type: string }): void;
}

/** What a close frame said; 1006 if there was none. */
export interface CloseEventLike {
  readonly code: number;
  readonly reason: string;
}

/** What `ws` has besides, by which a session need not keep its process alive, and a dead peer need not be waited for. */
export interface NodeWebSocket {
  /** The TCP or TLS socket below; absent until the WebSocket is open. */
  readonly _socket?: {
    ref?(): void;
    unref?(): void;
    once?(event: "drain", listener: () => void): void;
    off?(event: "drain", listener: () => void): void;
  } | null;
  terminate?(): void;
  send(data: string | Uint8Array<ArrayBuffer>, sent?: (error?: Error) => void): void;
}

/** A socket of `ws`, which is an EventEmitter besides. */
export interface EmittingWebSocket {
  // Each event has its own arguments, which only `ws` could tell.
  on(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener: (...args: never[]) => void): unknown;
}

/** The values of {@link WebSocketLike.readyState}. */
export const ReadyState = { connecting: 0, open: 1, closing: 2, closed: 3 } as const;
