import type { SenderPolicy } from "./sender-policy.ts";

/** The conditions of each class, and whether a boolean will do. */
const classes = {
  pages: { list: undefined, boolean: true },
  contentScripts: { list: "origins", boolean: false },
  relayedPages: { list: "origins", boolean: false },
  extensions: { list: "ids", boolean: false },
  webPages: { list: "origins", boolean: false },
} as const;

/**
 * Checks what a policy says, once. Throws a TypeError for what would let in nobody, or others than meant: a class that
 * there is not, a text where a list belongs, a match pattern or a URL where an origin belongs.
 */
export function checkPolicy(allow: SenderPolicy): void {
  if (typeof allow !== "object" || allow === null)
    throw new TypeError(`expected { allow } to say who may connect, got ${typeof allow}`);
  for (const [name, rule] of Object.entries(allow)) {
    if (!Object.hasOwn(classes, name)) {
      throw new TypeError(`expected allow to hold ${Object.keys(classes).join(", ")}; got ${JSON.stringify(name)}`);
    }
    if (rule !== undefined) checkRule(name as keyof SenderPolicy, rule);
  }
}

function checkRule(name: keyof SenderPolicy, rule: unknown): void {
  const { list, boolean } = classes[name];
  if (boolean && typeof rule === "boolean") return;
  if (typeof rule !== "object" || rule === null) {
    const expected = list === undefined ? "true or { when }" : `{ ${list} }`;
    throw new TypeError(`expected allow.${name} to be ${expected}, got ${JSON.stringify(rule)}`);
  }
  const { frames, documentLifecycle, when, ...rest } = rule as Readonly<Record<string, unknown>>;
  if (list !== undefined) checkList(`allow.${name}.${list}`, list, rest[list]);
  expectIn(`allow.${name}.frames`, '"top" or "all"', frames, frames === "top" || frames === "all");
  expectIn(
    `allow.${name}.documentLifecycle`,
    'a list such as ["active"]',
    documentLifecycle,
    isTexts(documentLifecycle),
  );
  expectIn(`allow.${name}.when`, "a function", when, typeof when === "function");
}

function checkList(where: string, list: "origins" | "ids", given: unknown): void {
  if (list === "origins" && given === "any") return;
  const expected = list === "ids" ? "a list of ids" : 'a list such as ["https://example.com"], or "any"';
  if (!isTexts(given)) throw new TypeError(`expected ${where} to be ${expected}, got ${JSON.stringify(given)}`);
  if (list === "ids") return;
  for (const origin of given) {
    if (!isOrigin(origin)) {
      throw new TypeError(
        `expected ${where} to hold origins such as "https://example.com", got ${JSON.stringify(origin)}`,
      );
    }
  }
}

/** Whether a browser would say it so: in small ASCII letters, without path, pattern or the port that goes without saying. */
function isOrigin(text: string): boolean {
  if (text === "null" || text === "file://") return true;
  return /^[a-z][a-z\d+.-]*:\/\/[a-z\d.:[\]_-]+$/.test(text) && !/^(?:http:.*:80|https:.*:443)$/.test(text);
}

function isTexts(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.every((text) => typeof text === "string");
}

function expectIn(where: string, expected: string, given: unknown, ok: boolean): void {
  if (given === undefined || ok) return;
  throw new TypeError(`expected ${where} to be ${expected}, got ${JSON.stringify(given)}`);
}
