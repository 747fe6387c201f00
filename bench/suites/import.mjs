// How long importing the near side of a library takes, in a process that has imported nothing else.

/** @returns milliseconds. */
export async function measure(name) {
  const { imports } = await import(`../contenders/${name}.mjs`);
  const specifiers = [...imports.near.matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier);
  const libraries = specifiers.filter((specifier) => !specifier.startsWith("."));
  const start = performance.now();
  for (const library of libraries) await import(library);
  return { value: performance.now() - start };
}
