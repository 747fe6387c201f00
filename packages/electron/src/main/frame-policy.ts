import { checkSwitch, checkTransportOptions, RpcError } from "@portolan/protocol";
import { type Allow, allowRule } from "./allow.ts";
import type { FrameRequest } from "./frame-shapes.ts";

/** Whom to let in. */
export interface RendererListenerOptions {
  /**
   * Which pages may talk to main. Required, because Electron sends every page's messages to the same place.
   * An origin (`"https://app.example"`, `"app://bundle"`), a URL (exactly that path; everything below it if it ends in
   * a slash), the absolute path of a file that was loaded, a list of these, or a function of the frame.
   */
  readonly allow: Allow;
  /** Whether frames inside pages may connect too, if `allow` lets them. Default false: main frames only. */
  readonly subframes?: boolean;
  /** Whether `<webview>` guests may connect, if `allow` lets them. Default false. */
  readonly webviews?: boolean;
  /** Tells several listeners of one app apart: `mainTransport({ name })` asks for one. Default `"main"`. */
  readonly name?: string;
  /** Whether the pages are as trusted as main itself. Default false: limits apply, and what goes wrong in main stays there. */
  readonly trusted?: boolean;
}

/**
 * Makes of them what throws PERMISSION_DENIED for who may not come in. Throws a TypeError for an `allow` that says
 * nothing, and for options that would be passed over or taken for others.
 */
export function framePolicy(options: RendererListenerOptions): (asked: FrameRequest) => void {
  if (options?.allow === undefined) throw new TypeError("expected { allow }: the pages that may talk to main");
  checkTransportOptions(options, ["allow", "subframes", "webviews", "name"]);
  for (const opening of ["subframes", "webviews"]) checkSwitch(options, opening);
  const { allow, subframes = false, webviews = false } = options;
  const allowed = allowRule(allow);
  return ({ frame, webContents, url }) => {
    const shown = url.slice(0, 256);
    if (!webviews && webContents.getType() === "webview") throw denied(`${shown} is a <webview>`);
    if (!subframes && frame.parent !== null) throw denied(`${shown} is a frame inside a page`);
    if (!allowed(frame)) throw denied(`${shown} is not allowed`);
  };
}

function denied(why: string): RpcError {
  return new RpcError("PERMISSION_DENIED", `this page may not talk to main: ${why}`, { delivered: "no" });
}
