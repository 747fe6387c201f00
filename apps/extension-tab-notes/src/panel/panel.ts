import { runtimeConnector } from "@portolan/browser-extension";
import { createClient, RpcError } from "@portolan/client";
import type { OwnPages } from "../background/routers.ts";
import type { Note } from "../note.ts";

const background = createClient<OwnPages>(runtimeConnector());
const list = document.querySelector("ol") as HTMLOListElement;
const input = document.querySelector("input") as HTMLInputElement;
let searches = 0;

input.addEventListener("input", () => void search());
void search();

/** Shows each hit as it comes. The next search ends this one: leaving the loop stops it in the background too. */
async function search(): Promise<void> {
  const mine = ++searches;
  list.replaceChildren();
  try {
    for await (const note of background.search(input.value)) {
      if (mine !== searches) break;
      list.append(itemOf(note));
    }
  } catch (error) {
    // The background restarted in the middle: search again, unless somebody does so already.
    if (!RpcError.is(error) || error.code !== "UNAVAILABLE") throw error;
    if (mine === searches) void search();
  }
}

function itemOf(note: Note): HTMLLIElement {
  const item = document.createElement("li");
  const text = document.createElement("p");
  const link = document.createElement("a");
  text.append(...marked(note.text, input.value.trim()));
  link.textContent = note.url.replace(/^https?:\/\//, "");
  link.href = note.url;
  link.target = "_blank";
  item.append(text, link, ` · ${note.created.toLocaleDateString()}`);
  return item;
}

/** The text, with what was searched for marked in it. */
function marked(text: string, wanted: string): (string | HTMLElement)[] {
  const at = wanted === "" ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase());
  if (at < 0) return [text];
  const found = document.createElement("mark");
  found.textContent = text.slice(at, at + wanted.length);
  return [text.slice(0, at), found, text.slice(at + wanted.length)];
}
