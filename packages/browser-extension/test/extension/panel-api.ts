let answers = 0;

/** What an open panel serves to the background. */
export const panelApi = { ask: (): number => ++answers };
export type PanelApi = typeof panelApi;

/** How often this panel was asked. */
export function panelAnswers(): number {
  return answers;
}
