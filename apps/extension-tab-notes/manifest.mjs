/** The manifest, for one browser. */
export function manifestFor(browser) {
  const everywhere = ["http://*/*", "https://*/*"];
  return {
    manifest_version: 3,
    name: "Tab notes",
    version: "1.0",
    description: "Notes pinned to web pages. An example of Portolan.",
    icons: { 128: "icon-128.png" },
    permissions: ["storage", "tabs", ...(browser === "chromium" ? ["sidePanel"] : [])],
    host_permissions: everywhere,
    action: { default_popup: "popup.html", default_title: "Tab notes" },
    content_scripts: [
      { matches: everywhere, js: ["content.js"], run_at: "document_end" },
      { matches: everywhere, js: ["page.js"], run_at: "document_start", world: "MAIN" },
    ],
    ...(browser === "chromium" ? forChromium : forFirefox),
  };
}

const forChromium = {
  background: { service_worker: "background.js" },
  side_panel: { default_path: "panel.html" },
  // From 148 on: bytes, dates and maps cross as they are. Older ones carry the same values as JSON.
  message_serialization: "structured_clone",
  minimum_chrome_version: "116",
};

const forFirefox = {
  background: { scripts: ["background.js"] },
  sidebar_action: { default_panel: "panel.html", default_title: "All notes" },
  browser_specific_settings: { gecko: { id: "tab-notes@portolan.example", strict_min_version: "128.0" } },
};
