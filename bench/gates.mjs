// What CI holds Portolan to, as ratios to the control, far below what a quiet machine shows (in the comments), since
// those of CI are noisy: a gate finds what has become several times slower, and never a busy neighbour.
export const gates = {
  "worker thread: 64 in flight": 0.4, // 1.4 to 2.4
  "worker thread: 1 000 in flight": 0.4, // 2.0
  "worker thread: stream of small items": 0.4, // 2.7
  "worker thread: 1 MB bytes copied": 0.25, // 1.5
  "WebSocket: 64 in flight": 0.7, // 4.1
};

/** How often a row is measured before it fails. */
export const tries = 3;
