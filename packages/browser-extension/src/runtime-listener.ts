import { type Listener, RpcError, type Transport } from "@portolan/protocol";
import { type ExtensionEvent, extensionApi, type RuntimeLike, type RuntimePortLike } from "./extension-api.ts";
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
 * Refused senders get PERMISSION_DENIED and are reported. Throws a TypeError
 * when another listener of this context has the name, or where there is no extension.
 */
export function runtimeListener(options: RuntimeListenerOptions): Listener {
  const { allow, name = "background" } = options;
  if (typeof allow !== "object" || allow === null)
    throw new TypeError(`expected { allow } to say who may connect, got ${typeof allow}`);
  const stops: (() => void)[] = [];
  const pending = new Set<PendingOffer>();
  return {
    address: name,
    ready: Promise.resolve(),
    accept(arrive, report) {
      const { runtime } = extensionApi();
      stops.push(claimName(name));
      const inside = (port: RuntimePortLike): void => consider(port, false, runtime, arrive, report);
      const outside = (port: RuntimePortLike): void => consider(port, true, runtime, arrive, report);
      listen(runtime.onConnect, inside);
      if (allow.extensions ?? allow.webPages) listen(runtime.onConnectExternal, outside);
    },
    async close() {
      for (const stop of stops.splice(0)) stop();
      for (const offer of pending) offer.withdraw();
    },
  };

  function listen(event: ExtensionEvent<[port: never]> | undefined, listener: (port: RuntimePortLike) => void): void {
    if (!event) return; // this browser has no such senders
    event.addListener(listener);
    stops.push(() => event.removeListener(listener));
  }

  function consider(
    port: RuntimePortLike,
    external: boolean,
    runtime: RuntimeLike,
    arrive: (transport: Transport) => void,
    report: (error: unknown) => void,
  ): void {
    const speaker = speakerOf(port.name, name);
    if (speaker === undefined) return;
    const sender = senderFacts(port.sender, runtime, { external, speaker });
    const judgement = judge(sender, allow);
    if (!judgement.ok || !sender) return refuse(port, sender, speaker, judgement.ok ? "" : judgement.why, report);
    if (pending.size >= maxPending) {
      refusePort(port, "RESOURCE_EXHAUSTED", `too many ports to "${name}" are waiting`);
      return report(
        new RpcError("RESOURCE_EXHAUSTED", `refused ${described(sender, speaker)}: ${maxPending} ports wait already`),
      );
    }
    const offer = offerPort(port, { peer: peerOf(sender), trusted: judgement.trusted }, arrive, () =>
      pending.delete(offer),
    );
    pending.add(offer);
  }

  function refuse(
    port: RuntimePortLike,
    sender: SenderFacts | undefined,
    speaker: Speaker,
    why: string,
    report: (error: unknown) => void,
  ): void {
    refusePort(port, "PERMISSION_DENIED", `this sender may not connect to "${name}"`);
    report(
      new RpcError("PERMISSION_DENIED", `refused ${described(sender, speaker)}: ${why}`, {
        data: sender,
        delivered: "no",
      }),
    );
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
