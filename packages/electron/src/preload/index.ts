/** @packageDocumentation Portolan between Electron's main process, pages, preloads and utility processes. */
export {};
