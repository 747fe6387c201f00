import { isLargeValue, type LargeKind } from "./large-values.ts";

/** What a content script serves to the background. */
export const contentScriptApi = {
  fromBackground: (value: unknown): unknown => ({ value, at: location.href }),
  isLarge: (value: unknown, kind: LargeKind, size: number): boolean => isLargeValue(value, kind, size),
  hang: (): Promise<never> => new Promise(() => {}),
};
export type ContentApi = typeof contentScriptApi;
