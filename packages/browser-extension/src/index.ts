/** @packageDocumentation Portolan between the contexts of a browser extension, and native hosts. */
export {};
