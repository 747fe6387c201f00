// What is asked of Portolan, row by row, and, for a row that is not reached, what limits it. bench/draw.mjs holds the
// newest results to it. `least` and `most` bound the figure; `of` names another one than the row's own.
const thread = "worker thread: ";
const socket = "WebSocket: ";

export const targets = [
  { row: `${thread}1 in flight`, least: 1 / 1.1 },
  { row: "same thread: 1 in flight", least: 1 / 1.15 },
  { row: `${thread}1 in flight`, contender: "portolan-low-latency", least: 3, says: "with `lowLatency`" },
  { row: `${thread}4 in flight`, least: 0.85 },
  { row: `${thread}16 in flight`, least: 1.5 },
  { row: `${thread}64 in flight`, least: 3 },
  { row: `${thread}64 in flight`, of: "cpu", most: 0.35, says: "processor time, both ends" },
  { row: `${thread}1 000 in flight`, least: 4 },
  { row: `${thread}1 KB objects, 16 in flight`, least: 0.95 },
  { row: `${thread}64 KB objects, 4 in flight`, least: 0.95 },
  { row: `${thread}1 MB bytes copied`, least: 0.95 },
  { row: `${thread}64 MB bytes copied`, least: 0.95 },
  { row: `${thread}1 MB bytes moved`, least: 0.85 },
  { row: `${thread}64 MB bytes moved`, least: 0.85 },
  { row: `${thread}stream of small items`, least: 2.5 },
  { row: `${thread}callbacks, 64 at once`, least: 1.7 },
  { row: `${socket}64 in flight`, least: 2 },
  { row: `${socket}1 000 in flight`, least: 3 },
  { row: `${socket}stream of small items`, least: 5 },
  { row: `${socket}callbacks, 64 at once`, least: 2.5 },
  { row: "stalled consumer of 1M x 1 KB", most: 10 },
  { row: "chain of five, 10 ms each way", most: 24 },
  { row: "import alone", most: 6 },
  { row: "import, thread and first call", to: "raw", most: 1.15, says: "beside a bare Worker" },
  { row: "heap per bound callback", most: 400 },
  // The heap of a process is not counted more exactly than this.
  { row: "heap left after release, per callback", most: 8 },
  { row: "callbacks bound", least: 50_000 },
  { row: "bundle of a client over a port, min+gzip", most: 9 },
  { row: "bundle of client and server, min+gzip", most: 11 },
];
