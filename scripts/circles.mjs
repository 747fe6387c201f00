/**
 * The circles of a directed graph: one per knot of nodes that all reach one another, as the shortest way round.
 * @param {Map<string, Iterable<string>>} graph edges by node; edges to unknown nodes are ignored
 * @returns {string[][]} each begins and ends with the same node
 */
export function circles(graph) {
  const found = [];
  const told = new Set();
  for (const start of [...graph.keys()].sort()) {
    if (told.has(start)) continue;
    const way = shortestWayBack(graph, start);
    if (way === undefined) continue;
    found.push(way);
    for (const node of way) told.add(node);
  }
  return found;
}

function shortestWayBack(graph, start) {
  const cameFrom = new Map();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) return wayTo(cameFrom, start, node);
      if (!graph.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return undefined;
}

function wayTo(cameFrom, start, last) {
  const way = [start];
  for (let node = last; node !== start; node = cameFrom.get(node)) way.push(node);
  way.push(start);
  return way.reverse();
}
