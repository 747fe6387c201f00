import { createClient, notify } from "@portolan/client";
import { mainTransport } from "@portolan/electron/renderer";
import type { Api } from "../api.ts";
import { byId } from "./elements.ts";
import { showIndexPanel } from "./index-panel.ts";
import { logged } from "./message-log.ts";
import { shareDocument } from "./shared-document.ts";

let size = 15;

// Pattern 3: what main may call here. Its answers tell the menu what became of it.
const pageApi = {
  changeTextSize: (by: number) => {
    size = Math.min(28, Math.max(11, size + by));
    document.documentElement.style.setProperty("--text-size", `${size}px`);
    return size;
  },
};

export type PageApi = typeof pageApi;

const main = createClient<Api>(logged(mainTransport()), { expose: pageApi });

shareDocument(({ title, text }) => {
  notify(main.setTitle)(title);
  const words = text.split(/\s+/).filter((word) => word !== "").length;
  byId("words").textContent = `${words} word${words === 1 ? "" : "s"}`;
});
showIndexPanel(() => main.folder());

byId("window").addEventListener("click", () => void main.openWindow());
byId("open").addEventListener("click", async () => {
  const opened = await main.openFile();
  if (!opened) return;
  byId<HTMLInputElement>("title").value = opened.name;
  byId<HTMLTextAreaElement>("text").value = opened.text;
  byId("text").dispatchEvent(new Event("input"));
});
