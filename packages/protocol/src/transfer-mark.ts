import { sharedState } from "./shared-state.ts";

interface TransferMarks {
  /** About how many marks are set; 0 says that packing need not look. */
  count: number;
  readonly marked: WeakSet<object>;
}

const marks: TransferMarks = /* @__PURE__ */ sharedState("portolan.transferred", () => ({
  count: 0,
  marked: new WeakSet(),
}));

/** Marks an object to be moved. */
export function mark(value: object): void {
  if (!marks.marked.has(value)) marks.count++;
  marks.marked.add(value);
}

/** True for what was marked and no message has taken yet. */
export function isMarked(value: object): boolean {
  return marks.count > 0 && marks.marked.has(value);
}

/** Takes the mark off, once the value has been packed. */
export function unmark(value: object): void {
  if (marks.marked.delete(value)) marks.count--;
}
