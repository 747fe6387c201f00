import { type Listener, RpcError, type Transport } from "@portolan/protocol";
import { checkPolicy } from "./check-policy.ts";
import { type ExtensionEvent, extensionApi, type RuntimePortLike } from "./extension-api.ts";
import { claimName } from "./listener-name.ts";
import { type Speaker, speakerOf } from "./port-name.ts";
import { offerPort, type PendingOffer, refusePort } from "./port-offer.ts";
import { type SenderFacts, senderFacts } from "./sender-facts.ts";
import { judge, type SenderPolicy } from "./sender-policy.ts";

/** How {@link runtimeListener} listens. */
export interface RuntimeListenerOptions {
  /** Who may open a port. Required: what is not named is refused. */
  readonly allow: SenderPolicy;
  /** The name that connectors dial: one per kind of context. Default `"background"`. */
  readonly name?: string;
}

/** How many ports may be open without a word from the other end. */
const maxPending = 256;

/**
 * Hears ports from the other contexts of the extension, and from outside where
 * `allow` says so. For the background; also for content scripts (then dialled by
 * `tabTransport`), and for popups and panels under a name of their own.
 *
 * `serve` registers its listeners in the same turn, as the platform wants it for
 * the event that woke the background. Ports of other libraries are left alone.
 * Refused senders get PERMISSION_DENIED and are reported. Throws a TypeError for
 * an `allow` that would let in nobody or others than meant, and, when it is served,
 * when another listener of this context has the name, or where there is no extension.
 */
export function runtimeListener(options: RuntimeListenerOptions): Listener {
  const { allow, name = "background" } = Object(options) as RuntimeListenerOptions;
  checkPolicy(allow);
  return new RuntimeListener(name, allow);
}

type Arrive = (transport: Transport) => void;
type Report = (error: unknown) => void;

class RuntimeListener implements Listener {
  readonly address: string;
  readonly ready: Promise<void> = Promise.resolve();
  readonly #allow: SenderPolicy;
  readonly #stops: (() => void)[] = [];
  readonly #pending = new Set<PendingOffer>();

  constructor(name: string, allow: SenderPolicy) {
    this.address = name;
    this.#allow = allow;
  }

  accept(arrive: Arrive, report: Report): void {
    const { runtime } = extensionApi();
    this.#stops.push(claimName(this.address));
    const consider = (external: boolean) => (port: RuntimePortLike) => {
      const speaker = speakerOf(port.name, this.address);
      if (speaker === undefined) return;
      const sender = senderFacts(port.sender, runtime, { external, speaker });
      this.#consider(port, sender, speaker, arrive, report);
    };
    this.#listen(runtime.onConnect, consider(false));
    if (this.#allow.extensions ?? this.#allow.webPages) this.#listen(runtime.onConnectExternal, consider(true));
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    for (const offer of this.#pending) offer.withdraw();
  }

  #listen(event: ExtensionEvent<[port: never]> | undefined, listener: (port: RuntimePortLike) => void): void {
    if (!event) return; // this browser has no such senders
    event.addListener(listener);
    this.#stops.push(() => event.removeListener(listener));
  }

  #consider(
    port: RuntimePortLike,
    sender: SenderFacts | undefined,
    speaker: Speaker,
    arrive: Arrive,
    report: Report,
  ): void {
    const judgement = judge(sender, this.#allow);
    if (!judgement.ok || !sender) {
      const refused = `refused ${described(sender, speaker)}: ${judgement.ok ? "" : judgement.why}`;
      refusePort(port, "PERMISSION_DENIED", `this sender may not connect to "${this.address}"`);
      return report(new RpcError("PERMISSION_DENIED", refused, { data: sender, delivered: "no" }));
    }
    if (this.#pending.size >= maxPending) {
      const refused = `refused ${described(sender, speaker)}: ${maxPending} ports wait already`;
      refusePort(port, "RESOURCE_EXHAUSTED", `too many ports to "${this.address}" are waiting`);
      return report(new RpcError("RESOURCE_EXHAUSTED", refused));
    }
    const settled = (): void => void this.#pending.delete(offer);
    const offer = offerPort(port, { peer: peerOf(sender), trusted: judgement.trusted }, arrive, settled);
    this.#pending.add(offer);
  }
}

function peerOf(sender: SenderFacts): { kind: string } & Omit<SenderFacts, "class"> {
  const { class: kind, ...facts } = sender;
  return { kind: `extension-${kind}`, ...facts };
}

function described(sender: SenderFacts | undefined, speaker: Speaker): string {
  if (!sender) return speaker === "page" ? "a relayed page" : "a port";
  return `a ${sender.class} of ${sender.url ?? sender.origin ?? sender.extensionId ?? "nowhere"}`;
}
