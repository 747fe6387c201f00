import {
  checkTransportOptions,
  defineTransport,
  json,
  type Listener,
  RpcError,
  type Transport,
} from "@portolan/protocol";
import { session as sessions } from "electron";
import { type Allow, allowRule, originOf } from "./allow.ts";
import type { WorkerRequest } from "./attended-worker.ts";
import { deskListener } from "./desk-listener.ts";
import { atServiceWorkerDesk } from "./service-worker-desk.ts";
import type { ServiceWorkerLike, WorkerSessionLike } from "./service-worker-shapes.ts";

/** Whom to let in, and how. */
export interface ServiceWorkerListenerOptions {
  /**
   * Which service workers may talk to main, by the URL of their script. Required. An origin (`"app://bundle"`), a URL
   * (exactly that path; everything below it if it ends in a slash), a list of these, or a function of the worker.
   */
  readonly allow: Allow<ServiceWorkerLike>;
  /** Whose workers. Default: those of `session.defaultSession`. */
  readonly session?: WorkerSessionLike;
  /** Tells several listeners of one app apart: `mainTransport({ name })` asks for one. Default `"main"`. */
  readonly name?: string;
  /** Whether the workers are as trusted as main itself. Default false. */
  readonly trusted?: boolean;
  /**
   * Keeps a worker running while it is connected. Default false: Chromium stops one that has nothing to do (after
   * 30 seconds, at most 5 minutes into a task), which ends its sessions; it connects again when it runs again.
   */
  readonly keepAlive?: boolean;
}

/**
 * Hears the service workers of a session. In each of them `mainTransport()` or `mainConnector()` of
 * `@portolan/electron/renderer` connects, by way of the preload that `registerPreload(session, { serviceWorkers: true })`
 * gives them. Call it after `app` is ready. Needs Electron 35.
 *
 * What crosses is text, since Electron gives service workers no ports: every value arrives as it left, nothing is moved.
 * A session ends at once when its worker stops. `peer` carries `serviceWorker`, `session`, `scope`, `url` (of the
 * script) and `origin`. Who is not allowed gets PERMISSION_DENIED, reaches nothing, and is reported.
 *
 * `ready` rejects with FAILED_PRECONDITION if the name is taken, with UNIMPLEMENTED before Electron 35. Throws a TypeError for an `allow` that says nothing.
 * Electron's side: https://www.electronjs.org/docs/latest/api/service-worker-main
 */
export function serviceWorkerListener(options: ServiceWorkerListenerOptions): Listener {
  if (options?.allow === undefined) {
    throw new TypeError("expected { allow }: the service workers that may talk to main");
  }
  checkTransportOptions(options, ["allow", "session", "name", "keepAlive"]);
  const { allow, name = "main", session = sessions.defaultSession } = options;
  const allowed = allowRule(allow);
  return deskListener(name, (arrive, report) => {
    const take = (request: WorkerRequest): void => {
      const { worker } = request;
      if (!allowed(shownBy(worker), worker)) throw denied(worker);
      arrive(admit(request, session, options));
    };
    return atServiceWorkerDesk(session, name, { take, report });
  });
}

function shownBy({ scriptURL }: ServiceWorkerLike): { readonly url: string; readonly origin: string } {
  return { url: scriptURL, origin: originOf(scriptURL) ?? "null" };
}

function denied({ scriptURL }: ServiceWorkerLike): RpcError {
  const message = `this service worker may not talk to main: ${scriptURL.slice(0, 256)} is not allowed`;
  return new RpcError("PERMISSION_DENIED", message, { delivered: "no" });
}

/** Makes a worker's line a transport that lives as long as the worker runs. */
function admit(
  { worker, name, say, keep }: WorkerRequest,
  session: WorkerSessionLike,
  { trusted = false, keepAlive = false }: ServiceWorkerListenerOptions,
): Transport {
  const { scope } = worker;
  return defineTransport({
    traits: { carries: "text", trusted },
    codec: json(),
    peer: { kind: "electron-service-worker", name, serviceWorker: worker, session, scope, ...shownBy(worker) },
    open(events) {
      const giveBack = keep({ text: events.message, end: events.end });
      const task = keepAlive ? worker.startTask() : undefined;
      say("accepted");
      return {
        // Sessions of text send text.
        send: (message) => say("text", message as string),
        close() {
          giveBack();
          if (worker.isDestroyed()) return;
          task?.end();
          say("close");
        },
      };
    },
  });
}
