/** How many different refusals of one page or worker are reported. */
const maxReports = 32;

const told = new WeakMap<object, Set<string>>();

/** Whether this has not been reported of `asker` yet: one that asks without end fills no log. */
export function isNews(asker: object, sentence: string): boolean {
  const sentences = told.get(asker) ?? new Set();
  told.set(asker, sentences);
  if (sentences.has(sentence) || sentences.size >= maxReports) return false;
  sentences.add(sentence);
  return true;
}

/** Reports, and what the report itself throws goes to the console. */
export function reportIsolated(report: (error: unknown) => void, error: unknown): void {
  try {
    report(error);
  } catch (thrown) {
    console.error("portolan: a report threw", thrown);
  }
}
