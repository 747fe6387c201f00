/**
 * Plain messages of one kind that stand together in a batch, with ids that follow one
 * another, travel as a run: one flat list instead of many small ones, which costs a
 * carrier that clones a fraction. `[21, id, path, args, path, args …]` is a run of calls
 * on the root, `[22, id, value, value …]` one of answers, `[23, id, target, args, target,
 * args …]` one of calls of functions by reference; `id` is that of the first.
 */

export const calls = 21;
export const resolves = 22;
export const callbacks = 23;
