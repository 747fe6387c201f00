import type { RpcError } from "@portolan/protocol";
import { pagePortTransport } from "../ports/page-port-transport.ts";
import type { PagePortLike } from "../ports/port-shapes.ts";
import { parseAnswer } from "../words.ts";
import { type Acceptance, awaitAcceptance, type MainLink } from "./acceptance.ts";
import { askMain } from "./ask-main.ts";
import { openWorkerLink, theWorkerHand } from "./worker-link.ts";

/** Asks main for a way in under a name: by a port from a page, by lines of text from a service worker. */
export function openMainLink(name: string, trusted: boolean): MainLink {
  const hand = theWorkerHand();
  return hand ? openWorkerLink(hand, name, trusted) : openPageLink(name, trusted);
}

function openPageLink(name: string, trusted: boolean): MainLink {
  let missing = (_error: RpcError): void => {};
  const asked = askMain(["main", name], (error) => missing(error));
  const link = awaitAcceptance("rendererListener", (acceptance) =>
    pagePortTransport(asked.port as unknown as PagePortLike, {
      peer: { kind: "electron-main" },
      trusted,
      towardsMain: true,
      first: (message) => hearAnswer(message, acceptance),
      whyClosed: acceptance.whyClosed,
      opened(events) {
        acceptance.opened(events);
        missing = ({ code, message }) => events.end({ code, message, by: "platform", delivered: "no" });
      },
      ended: asked.settle,
    }),
  );
  link.accepted.then(asked.settle, asked.settle);
  return link;
}

/** Whether a message was main's answer. */
function hearAnswer(message: unknown, acceptance: Acceptance): boolean {
  const answer = parseAnswer(message);
  if (!answer) return false;
  if (answer[0] === "accepted") acceptance.accept();
  else acceptance.refuse(answer[1], answer[2]);
  return true;
}
