/** What a content script serves to the background. */
export const contentScriptApi = {
  fromBackground: (value: unknown): unknown => ({ value, at: location.href }),
  hang: (): Promise<never> => new Promise(() => {}),
};
export type ContentApi = typeof contentScriptApi;
