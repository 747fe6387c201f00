import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Listener, RpcError, type Transport } from "@portolan/protocol";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import { closeFrameOf } from "../close-code.ts";
import { chooseSubprotocol, subprotocol } from "../subprotocol.ts";
import { checkWebSocketOptions, openWebSocket, type WebSocketTransportOptions } from "../web-socket-transport.ts";
import { type Admission, type AdmissionOptions, admission } from "./admission.ts";
import { lightenRequest } from "./lighten-request.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";
import { type UpgradeSource, upgradeSource, type WebSocketListenerPlace } from "./upgrade-source.ts";

/** Options of {@link webSocketListener}. */
export type WebSocketListenerOptions = WebSocketListenerPlace &
  AdmissionOptions &
  WebSocketTransportOptions & {
    /** The longest message in bytes that is taken off the wire; longer calls come in pieces. Default 1 MiB. */
    readonly maxPayload?: number;
  };

/** A {@link Listener} for WebSockets. */
export interface WebSocketListener extends Listener {
  /** Takes a request to upgrade, as Node's `"upgrade"` event has it. The socket is ours from then on. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/**
 * Hears WebSockets on an http(s) server, on a port, or as you hand them over,
 * and hands each over as a transport whose peer is
 * `{ kind: "websocket", request, remoteAddress, origin }`. Authenticate in
 * `context(peer)`, by the request's headers or by the metadata that the peer presents.
 *
 * Refused with 403, and reported: requests from other origins, without Origin,
 * and over loopback for a foreign host. Compression is off: it costs memory for
 * each connection and tells secrets by their lengths.
 *
 * Throws a TypeError for origins that are missing or no origins, for a place that is none or more than one, and for
 * options that would be passed over or taken for others.
 * `ready` rejects with FAILED_PRECONDITION when another listener hears the same path of the same server.
 */
export function webSocketListener(options: WebSocketListenerOptions): WebSocketListener {
  if (Object(options) !== options) throw new TypeError(`expected { origins } and a place, got ${options}`);
  checkWebSocketOptions(options, listenerOptions);
  checkPayload(options.maxPayload);
  const refusal = admission(options);
  return new Listening(options, refusal, upgradeSource(options));
}

const listenerOptions = "server port host noServer path origins allowNoOrigin hosts maxPayload".split(" ");

/** To `ws`, what is no such number is no limit. */
function checkPayload(bytes: unknown): void {
  if (bytes === undefined || (Number.isInteger(bytes) && Number(bytes) > 0 && Number(bytes) < 2 ** 31)) return;
  throw new TypeError(`expected maxPayload to be bytes, fewer than 2 GiB, got ${JSON.stringify(bytes)}`);
}

/** What is newer than the types of `ws`. */
interface NewerServerOptions extends ServerOptions {
  /** How long, in milliseconds, a peer may take to answer a close frame. */
  readonly closeTimeout: number;
  /** In how many pieces, as TCP brings them, one message may come. */
  readonly maxBufferedChunks: number;
}

/** A piece costs 130 bytes besides its own: a peer that sends byte by byte would make us hold that much for each. */
function serverOptions(maxPayload = 1024 * 1024): NewerServerOptions {
  return {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    maxBufferedChunks: Math.max(16_384, maxPayload / 64),
    closeTimeout: 2_000,
    handleProtocols: (offered) => chooseSubprotocol(offered).answer ?? false,
  };
}

class Listening implements WebSocketListener {
  readonly ready: Promise<void>;
  readonly #options: WebSocketListenerOptions;
  readonly #refusal: Admission;
  readonly #source: UpgradeSource;
  readonly #sockets: WebSocketServer;
  #settleReady!: (started: Promise<void>) => void;
  #arrive: ((transport: Transport) => void) | undefined;
  #report: (error: unknown) => void = () => {};

  constructor(options: WebSocketListenerOptions, refusal: Admission, source: UpgradeSource) {
    this.#options = options;
    this.#refusal = refusal;
    this.#source = source;
    this.ready = new Promise((resolve) => {
      this.#settleReady = resolve;
    });
    // Whoever does not look hears of a failure by `report`.
    this.ready.catch(() => {});
    this.#sockets = new WebSocketServer(serverOptions(options.maxPayload));
  }

  get address(): unknown {
    return this.#source.address;
  }

  accept(arrive: (transport: Transport) => void, report: (error: unknown) => void): void {
    if (this.#arrive) throw new TypeError("this listener is served already: make one for each serve()");
    this.#arrive = arrive;
    this.#report = report;
    const started = this.#source.start((request, socket, head) => this.handleUpgrade(request, socket, head));
    started.catch(report);
    this.#settleReady(started);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.#isOurPath(request) && this.#source.leaves(pathOf(request))) return;
    const refusal = this.#refusalOf(request);
    if (refusal) refuseUpgrade(socket, refusal.status, refusal.why);
    else this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#opened(opened, request));
  }

  #refusalOf(request: IncomingMessage): { readonly status: number; readonly why: string } | undefined {
    if (!this.#arrive) return { status: 503, why: "not listening" };
    if (!this.#isOurPath(request)) return { status: 404, why: "no WebSocket here" };
    const why = this.#refusal(request);
    if (why === undefined) return undefined;
    const message = `refused a WebSocket from ${request.socket.remoteAddress}: ${why}`;
    this.#report(new RpcError("PERMISSION_DENIED", message, { delivered: "no" }));
    return { status: 403, why };
  }

  async close(): Promise<void> {
    this.#arrive = undefined;
    this.#source.stop();
  }

  #isOurPath(request: IncomingMessage): boolean {
    return this.#options.path === undefined || pathOf(request) === this.#options.path;
  }

  #opened(socket: WebSocket, request: IncomingMessage): void {
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
    if (chooseSubprotocol(offered).speaks) this.#handOver(socket, request);
    else this.#refuseVersion(socket);
  }

  #handOver(socket: WebSocket, request: IncomingMessage): void {
    // The kernel asks silent peers whether they live, without a timer for each.
    request.socket.setKeepAlive(true, 60_000);
    const { remoteAddress } = request.socket;
    const peer = { request, remoteAddress, origin: request.headers.origin };
    lightenRequest(request);
    this.#arrive?.(openWebSocket(socket, true, this.#options, peer));
  }

  #refuseVersion(socket: WebSocket): void {
    const message = `this server speaks ${subprotocol}`;
    socket.on("error", () => socket.terminate());
    const { code, reason } = closeFrameOf({ code: "VERSION_MISMATCH", message, by: "local" });
    socket.close(code, reason);
    this.#report(new RpcError("VERSION_MISMATCH", `refused a WebSocket that speaks ${socket.protocol}`));
  }
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0] ?? "";
}
