/** What one source file imports and admits, by parsing it: types, re-exports and dynamic imports included. */
import { readFileSync } from "node:fs";
import { parseSync } from "oxc-parser";

/**
 * @typedef {{ what: string, line: number }} Found
 * @param {string} path
 * @returns {{ imports: Found[], anys: Found[], silencers: Found[] }} each in the order of the file; `imports` names specifiers
 */
export function readSource(path) {
  const text = readFileSync(path, "utf8");
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new SyntaxError(errors[0].message);
  const imports = [];
  const anys = [];
  walk(program, (node) => {
    const source = importedBy(node);
    if (source !== undefined) imports.push({ what: source, line: lineAt(text, node.start) });
    if (node.type === "TSAnyKeyword") anys.push({ what: "any", line: lineAt(text, node.start) });
  });
  const silencers = comments.flatMap(({ value, start }) => {
    const match = /^[\s*]*(@ts-(?:ignore|nocheck))/.exec(value);
    return match ? [{ what: match[1], line: lineAt(text, start) }] : [];
  });
  return { imports, anys, silencers };
}

// The specifier that a node imports from, for every syntax that imports.
function importedBy(node) {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return literal(node.source);
    case "TSExternalModuleReference":
      return literal(node.expression);
    case "CallExpression":
      return node.callee.type === "Identifier" && node.callee.name === "require"
        ? literal(node.arguments[0])
        : undefined;
    default:
      return undefined;
  }
}

function literal(node) {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
}

function walk(node, visit) {
  if (Array.isArray(node)) {
    for (const child of node) walk(child, visit);
  } else if (node !== null && typeof node === "object") {
    if (typeof node.type === "string") visit(node);
    for (const child of Object.values(node)) walk(child, visit);
  }
}

function lineAt(text, offset) {
  return text.slice(0, offset).split("\n").length;
}
