// What the contexts of the tests expose to one another. The other sides import the types only.
import { registerClass } from "@portolan/protocol";
import { type Call, disposable, RpcError, release, retain } from "@portolan/server";

class DiskError extends Error {
  override name = "DiskError";
  code = "ENOSPC";
}

/** A class of the app's own, that both sides know. */
export class Point {
  readonly x: number;
  readonly y: number;

  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }

  length(): number {
    return Math.hypot(this.x, this.y);
  }
}

/** Lets it cross as itself. */
export function registerPoint(): () => void {
  return registerClass("Point", Point, {
    encode: ({ x, y }): number[] => [x, y],
    decode: ([x = 0, y = 0]) => new Point(x, y),
  });
}

/** What main offers its pages. */
export function makeMainApi() {
  const events = new EventTarget();
  const seen = {
    titles: [] as string[],
    watching: 0,
    produced: 0,
    started: 0,
    finished: 0,
    aborted: 0,
    kept: [] as ((value: unknown) => unknown)[],
  };
  const api = {
    add: (a: number, b: number) => a + b,
    echo: (value: unknown) => value,
    whoAmI(this: Call) {
      const { kind, origin, window } = this.peer;
      return { kind, origin, window: (window as { id: number } | undefined)?.id };
    },
    progress: async (steps: number, report: (step: number) => unknown) => {
      for (let step = 1; step <= steps; step++) await report(step);
      return "done";
    },
    count: async function* (to: number) {
      seen.started++;
      try {
        for (let n = 0; n < to; n++) yield n;
      } finally {
        seen.finished++;
      }
    },
    forever: async function* () {
      seen.started++;
      try {
        for (let n = 0; ; n++) {
          yield n;
          await new Promise((done) => setTimeout(done, 5));
        }
      } finally {
        seen.finished++;
      }
    },
    hang(this: Call) {
      seen.started++;
      this.signal.addEventListener("abort", () => seen.aborted++);
      return new Promise<unknown>(() => {});
    },
    setTitle(this: Call, title: string) {
      (this.peer as unknown as { window: { setTitle(title: string): void } }).window.setTitle(title);
      seen.titles.push(title);
    },
    /** An event source: whoever watches gets the value alone, until it lets go. */
    watch(callback: (value: unknown) => unknown) {
      const keep = retain(callback);
      const tell = (event: Event): void => void keep((event as CustomEvent).detail);
      events.addEventListener("change", tell);
      seen.watching++;
      return disposable(() => {
        events.removeEventListener("change", tell);
        seen.watching--;
        release(keep);
      });
    },
    change: (detail: unknown) => void events.dispatchEvent(new CustomEvent("change", { detail })),
    numbers: async function* () {
      for (let n = 0; ; n++) {
        seen.produced = n + 1;
        yield n;
      }
    },
    subscribe: (callback: (value: unknown) => unknown) => void seen.kept.push(retain(callback)),
    fail: (): number => {
      throw new RpcError("NOT_FOUND", "no such file", { data: { path: "/x" }, cause: new DiskError("disk is full") });
    },
    failForeign: (): number => {
      throw new DiskError("disk is full");
    },
    giveBlob: (): unknown => ({ deep: [new Blob(["x"])] }),
    giveProcess: (): unknown => ({ deep: [{ process }] }),
    size: (value: ArrayBuffer | Uint8Array) => value.byteLength,
  };
  return { api, seen };
}

export type MainApi = ReturnType<typeof makeMainApi>["api"];

/** What a page offers main, and other pages. */
export function makePageApi(title: string) {
  const heard: unknown[] = [];
  let asked = 0;
  return {
    heard,
    api: {
      title: () => title,
      /** Not at once: there is something to save first. */
      mayClose: () => ++asked > 1,
      add: (a: number, b: number) => a + b,
      tell: (value: unknown) => void heard.push(value),
      fail: (): number => {
        throw new TypeError("the page says no");
      },
      hang: () => new Promise<unknown>(() => {}),
      /** Keeps its process busy for as many milliseconds. */
      crunch: (ms: number) => {
        const until = performance.now() + ms;
        while (performance.now() < until);
        return "crunched";
      },
      forever: async function* () {
        for (let n = 0; ; n++) {
          yield n;
          await new Promise((done) => setTimeout(done, 5));
        }
      },
      counter: () => {
        let count = 0;
        return () => ++count;
      },
    },
  };
}

export type PageApi = ReturnType<typeof makePageApi>["api"];
