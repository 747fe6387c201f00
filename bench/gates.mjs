// What CI holds each row to, as a ratio to the control: far under what is measured on a quiet machine, since the
// machines of CI are noisy. A row that is not here is printed and not held.
export const gates = {
  "worker thread: 64 in flight": 0.6,
  "worker thread: 1 000 in flight": 0.6,
  "worker thread: stream of small items": 0.8,
};
