// What `require` of the preload of service workers gives: nothing. The file beside this declaration is
// service-worker-preload/index.ts in CommonJS.
export {};
