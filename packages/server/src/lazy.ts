import { type LazyTypes, lazyMark } from "@portolan/protocol";
import { checkRouter } from "./check-router.ts";

/** A branch that is loaded when it is first called. */
export interface Lazy<Router> extends LazyTypes<Router> {
  readonly [lazyMark]: () => Promise<object>;
}

/** The router that a module gives: its default export, or its exports. */
export type Loaded<Module> = Module extends { readonly default: infer Router extends object } ? Router : Module;

/**
 * A branch of a router, a procedure or a function that is loaded at its first call:
 * `{ reports: lazy(() => import("./reports.js")) }`. Only its own callers wait. It is
 * loaded once; when that fails its callers are told, and the next call tries again.
 *
 * @param load gives a router, or a module whose default export (or whose exports) is one.
 */
export function lazy<Module extends object>(load: () => Promise<Module>): Lazy<Loaded<Module>> {
  if (typeof load !== "function")
    throw new TypeError(`expected a function that loads: lazy(() => import("./reports.js")), got ${typeof load}`);
  let loading: Promise<object> | undefined;
  const once = (): Promise<object> => {
    loading ??= loadRouter(load).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  // The type of what is loaded exists for types only.
  return { [lazyMark]: once } as unknown as Lazy<Loaded<Module>>;
}

async function loadRouter(load: () => Promise<object>): Promise<object> {
  const loaded: unknown = await load();
  const router = routerOf(loaded);
  if (typeof router !== "function") checkRouter(router);
  return router as object;
}

/** Bundlers make accessors of a module's exports: they are read once. */
function routerOf(loaded: unknown): unknown {
  if (typeof loaded !== "object" || loaded === null) return loaded;
  return Object.hasOwn(loaded, "default") ? (loaded as { default: unknown }).default : { ...loaded };
}
