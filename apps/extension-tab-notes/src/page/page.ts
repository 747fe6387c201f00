import { contentScriptConnector } from "@portolan/browser-extension";
import { createClient } from "@portolan/client";
import type { WebPages } from "../background/routers.ts";

/** What pages may ask this extension: `await window.tabNotes.count()`. */
const background = createClient<WebPages>(contentScriptConnector({ name: "tab-notes" }));

Object.assign(window, { tabNotes: { count: async (): Promise<number> => background.count() } });
