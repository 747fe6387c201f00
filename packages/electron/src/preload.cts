// What `require` of the preload gives: nothing. The file beside this declaration is preload/index.ts in CommonJS.
export {};
