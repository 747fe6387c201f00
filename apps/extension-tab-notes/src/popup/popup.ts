import { runtimeConnector } from "@portolan/browser-extension";
import { createClient } from "@portolan/client";
import type { OwnPages } from "../background/routers.ts";
import type { TabCount } from "../background/tab-counts.ts";
import { chrome } from "../chrome.ts";
import { stayInformed } from "../stay-informed.ts";

const background = createClient<OwnPages>(runtimeConnector());
const list = document.querySelector("ol") as HTMLOListElement;
const form = document.querySelector("form") as HTMLFormElement;
const input = document.querySelector("input") as HTMLInputElement;
let current: TabCount | undefined;

void stayInformed(() => background.tabs(), showTabs);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (text === "" || !current) return;
  await background.pin(current.url, text);
  input.value = "";
});

document.querySelector("#panel")?.addEventListener("click", async () => {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  await (chrome.sidePanel?.open({ windowId: tab?.windowId ?? 0 }) ?? chrome.sidebarAction?.open());
  window.close();
});

function showTabs(tabs: TabCount[]): void {
  current = tabs.find((tab) => tab.active);
  list.replaceChildren(...tabs.map(itemOf));
}

function itemOf({ title, url, notes, active }: TabCount): HTMLLIElement {
  const item = document.createElement("li");
  const about = document.createElement("div");
  const name = document.createElement("span");
  const where = document.createElement("small");
  const count = document.createElement("output");
  name.textContent = title || url;
  name.title = url;
  where.textContent = new URL(url).host;
  count.textContent = String(notes);
  count.classList.toggle("none", notes === 0);
  item.classList.toggle("active", active);
  about.append(name, where);
  item.append(letterOf(title || url), about, count);
  return item;
}

/** A sign for the tab, in a colour of its own. */
function letterOf(name: string): HTMLElement {
  const letter = document.createElement("i");
  letter.textContent = name.slice(0, 1).toUpperCase();
  const hue = [...name].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 360, 0);
  letter.style.setProperty("--hue", String(hue));
  return letter;
}
