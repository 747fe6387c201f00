import { forbiddenNames, isPlain, lazyMark, procedureMark, proxyNames, RpcTarget } from "@portolan/protocol";
import { definitionMark } from "./definition.ts";

/**
 * Refuses a router that could not be called as it stands: a forbidden name, an
 * accessor, a cycle, or something that is neither function nor branch. Throws a
 * TypeError that names the path.
 */
export function checkRouter(router: unknown): void {
  if (typeof router !== "object" || router === null) throw new TypeError(`expected a router, got ${nameOf(router)}`);
  checkBranch(router, "router", new Set());
}

function checkBranch(branch: object, path: string, above: Set<object>): void {
  if (RpcTarget.is(branch) || procedureMark in branch || lazyMark in branch || proxyNames(branch)) return;
  if (definitionMark in branch) throw new TypeError(`${path} has no handler`);
  if (Array.isArray(branch)) throw new TypeError(`${path} is a list: a router is made of objects and functions`);
  // Methods of a class would not be found.
  if (!isPlain(branch))
    throw new TypeError(`${path} is an instance of a class: extend RpcTarget, or mark it by proxy()`);
  if (above.has(branch)) throw new TypeError(`${path} leads back to a branch above it`);
  above.add(branch);
  for (const name of Object.getOwnPropertyNames(branch)) {
    const property = Object.getOwnPropertyDescriptor(branch, name);
    if (property) checkMember(name, property, `${path}.${name}`, above);
  }
  above.delete(branch);
}

function checkMember(name: string, property: PropertyDescriptor, path: string, above: Set<object>): void {
  if (forbiddenNames.has(name))
    throw new TypeError(`${path} cannot be served: the name ${JSON.stringify(name)} is forbidden`);
  if (!("value" in property)) throw new TypeError(`${path} is an accessor: give a function`);
  const { value } = property;
  if (typeof value === "function" || value === undefined) return;
  if (typeof value !== "object" || value === null)
    throw new TypeError(`${path} is ${nameOf(value)}: expected a function or a branch`);
  checkBranch(value, path, above);
}

function nameOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}
