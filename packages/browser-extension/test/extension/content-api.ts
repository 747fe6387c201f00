/** What a content script serves to the background. */
export const contentScriptApi = {
  fromBackground: (value: unknown): unknown => ({ value, at: location.href }),
};
export type ContentApi = typeof contentScriptApi;
