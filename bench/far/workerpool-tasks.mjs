// What workerpool runs in its thread.
import workerpool from "workerpool";

workerpool.worker({
  echo: (value) => value,
  moved: (buffer) => new workerpool.Transfer(buffer, [buffer]),
  push(items) {
    for (let item = 0; item < items; item++) workerpool.workerEmit(item);
  },
});
