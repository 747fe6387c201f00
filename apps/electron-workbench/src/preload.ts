// The whole preload of a bundled app.
import "@portolan/electron/preload";
