/** What `fixtures/api.mjs` exposes, as its callers see it. */
export interface Api {
  add(a: number, b: number): Promise<number>;
  echo<T>(value: T): Promise<T>;
  bytes(length: number): Promise<Uint8Array>;
  text(length: number): Promise<string>;
  each(list: number[], hear: (item: number) => void): Promise<number>;
  count(to: number): Promise<AsyncIterable<number>>;
  print(line: string): Promise<string>;
  printRaw(line: string): Promise<string>;
  complain(line: string): Promise<void>;
  exit(code: number): Promise<void>;
  exitAfter<T>(code: number, value: T): Promise<T>;
  throwLater(): Promise<void>;
  never(): Promise<void>;
  pid(): Promise<number>;
  origin(): Promise<string>;
  id(): Promise<number>;
}
