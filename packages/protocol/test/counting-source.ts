/** A source that counts what is pulled, and how often it was told to finish. */
export function source(items: number, item: (n: number) => unknown = (n) => n) {
  const counts = { pulled: 0, finished: 0 };
  async function* generate() {
    try {
      for (let n = 0; n < items; n++) {
        counts.pulled++;
        yield item(n);
      }
      return "the end";
    } finally {
      counts.finished++;
    }
  }
  return { counts, generate };
}
