/** What to do about a worker that could not start, in a sentence; empty when there is nothing to add. */
export function bootRemedy(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { code, message, stack, name, requireStack } = error as { [key: string]: unknown };
  switch (code) {
    case "MODULE_NOT_FOUND":
    case "ERR_MODULE_NOT_FOUND":
      return / imported from /.test(String(message)) || Object(requireStack).length > 0 ? missingImport : missing;
    case "ERR_UNKNOWN_FILE_EXTENSION":
      return typescriptFile.test(String(message)) ? typescript : "";
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
      return notErasable;
    case "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING":
      return "Publish JavaScript: Node strips no types inside node_modules";
  }
  // Where Node takes a `.ts` file for JavaScript, the stack begins with the place.
  const place = String(stack).split("\n", 1)[0] ?? "";
  return name === "SyntaxError" && typescriptPlace.test(place) ? typescript : "";
}

const typescriptFile = /\.[cm]?tsx?"/;
const typescriptPlace = /\.[cm]?tsx?:\d+$/;

const missing =
  'Name the worker by new Worker(new URL("./worker.js", import.meta.url)), and see that it has been built where that points';
const missingImport =
  "The worker is there, what it imports is not: install the package where the worker runs, or name the file with its extension";
const typescript =
  "This Node runs no TypeScript: build the worker to JavaScript and name the .js file, " +
  'or use Node 22.18 or newer, or start it with execArgv: ["--import", "tsx"]';
const notErasable =
  "Node only strips types: leave out enums, namespaces and parameter properties (TypeScript's erasableSyntaxOnly finds them), " +
  "or build the worker to JavaScript";
