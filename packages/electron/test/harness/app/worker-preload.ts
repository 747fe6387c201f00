// The whole preload of a service worker in a bundled app.
import "../../../src/service-worker-preload/index.ts";
