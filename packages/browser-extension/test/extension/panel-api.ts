let answers = 0;

/** What an open panel serves to the background. */
export const panelApi = { ask: (): number => ++answers };
export type PanelApi = typeof panelApi;

/** How often this panel was asked. */
export function panelAnswers(): number {
  return answers;
}

/** Starts to count anew; returns how often it was. */
export function forgetAnswers(): number {
  const before = answers;
  answers = 0;
  return before;
}
