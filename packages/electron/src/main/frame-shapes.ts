import type { MainPortLike } from "../ports/port-shapes.ts";

/** A frame of a page, as far as it is used here. Electron's `WebFrameMain` is one. */
export interface FrameLike {
  readonly url: string;
  /** Such as `https://app.example` or `file://`; `null` as text for a sandboxed one. */
  readonly origin: string;
  /** `null` for the main frame. */
  readonly parent: FrameLike | null;
  /** Stays the same while the frame shows one document after another. */
  readonly frameTreeNodeId: number;
  readonly processId: number;
  readonly routingId: number;
}

/** A page, as far as it is used here. Electron's `WebContents` is one. */
export interface WebContentsLike {
  readonly id: number;
  readonly mainFrame: FrameLike;
  getType(): string;
  isDestroyed(): boolean;
  on(event: never, listener: (...details: never[]) => void): unknown;
  off(event: never, listener: (...details: never[]) => void): unknown;
}

/** What holds a page. Electron's `BrowserWindow` and `WebContentsView` are such. */
export interface WindowLike {
  readonly webContents: WebContentsLike;
}

/** A child of `utilityProcess.fork`, as far as it is used here. */
export interface UtilityProcessLike {
  readonly pid: number | undefined;
  postMessage(message: unknown, transfer?: never[]): void;
  kill(): boolean;
  on(event: never, listener: (...details: never[]) => void): unknown;
  off(event: never, listener: (...details: never[]) => void): unknown;
}

/** What can be linked: a window, its webContents, one frame, or a utility process. */
export type LinkEnd = WindowLike | WebContentsLike | FrameLike | UtilityProcessLike;

/** A frame that asked for a port, and the port it sent. */
export interface FrameRequest {
  readonly frame: FrameLike;
  readonly webContents: WebContentsLike;
  /** The window that shows it; `undefined` where it has none, as in a `WebContentsView`. */
  readonly window: WindowLike | undefined;
  readonly origin: string;
  readonly url: string;
  readonly name: string;
  readonly port: MainPortLike;
}

/** Electron's overloads speak of its own classes; these are the same objects, described by what is used. */
export type Emitter = {
  on(event: string, listener: (...details: never[]) => void): unknown;
  off(event: string, listener: (...details: never[]) => void): unknown;
};
