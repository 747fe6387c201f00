/** Names that are worth comparing: long lists and long names are nobody's typing error. */
const maxNames = 1000;
const maxLength = 64;

/** The names that somebody who wrote `name` may have meant, nearest first, at most three. */
export function nearNames(name: string, names: readonly string[]): readonly string[] {
  if (name.length > maxLength) return [];
  const most = name.length < 4 ? 1 : 2;
  return names
    .slice(0, maxNames)
    .map((each) => ({ each, distance: each.length > maxLength ? most + 1 : distance(name, each) }))
    .filter((near) => near.distance <= most)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ each }) => each);
}

/** Letters to add, leave out or change, capitals not counting. */
function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
