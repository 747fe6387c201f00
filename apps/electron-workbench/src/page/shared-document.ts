// Pattern 4: every window serves its document to the others, over ports of their own. Main is not in between.
import { createClient, notify } from "@portolan/client";
import { peerListener } from "@portolan/electron/renderer";
import type { Session } from "@portolan/protocol";
import { serve } from "@portolan/server";
import { byId } from "./elements.ts";

/** What is edited. */
export interface Shared {
  readonly title: string;
  readonly text: string;
}

const documentApi = {
  read,
  write: (document: Shared) => write(document),
};

type DocumentApi = typeof documentApi;

const server = serve(peerListener({ name: "document" }), documentApi);

/** Shares what is typed here, takes what is typed elsewhere, and calls `changed` for both. */
export function shareDocument(changed: (document: Shared) => void): void {
  onChange = changed;
  for (const id of ["title", "text"]) {
    byId(id).addEventListener("input", () => {
      changed(read());
      for (const session of server.sessions) notify(createClient<DocumentApi>(session).write)(read());
    });
  }
  void greet();
  setInterval(showPeers, 500);
}

let onChange = (_document: Shared): void => {};

/** A window that opens takes the document that is there. */
async function greet(): Promise<void> {
  const session: Session = await server.when(() => true);
  if (byId<HTMLTextAreaElement>("text").value === "") write(await createClient<DocumentApi>(session).read());
  showPeers();
}

function showPeers(): void {
  const others = server.sessions.size;
  byId("peers").textContent = others === 0 ? "" : `● linked with ${others} other window${others === 1 ? "" : "s"}`;
}

function read(): Shared {
  return {
    title: byId<HTMLInputElement>("title").value,
    text: byId<HTMLTextAreaElement>("text").value,
  };
}

function write(document: Shared): void {
  byId<HTMLInputElement>("title").value = document.title;
  byId<HTMLTextAreaElement>("text").value = document.text;
  onChange(document);
}
