/** A promise that is made when somebody asks for it. Its failure is the reader's, or nobody's. */
export class Later<T> {
  #settled: { readonly value: T } | { readonly error: unknown } | undefined;
  #promise: Promise<T> | undefined;
  #wake: (() => void) | undefined;

  get promise(): Promise<T> {
    this.#promise ??= this.#open();
    return this.#promise;
  }

  /** Only the first outcome counts. */
  resolve(value: T): void {
    this.#settled ??= { value };
    this.#wake?.();
  }

  /** Only the first outcome counts. */
  reject(error: unknown): void {
    this.#settled ??= { error };
    this.#wake?.();
  }

  #open(): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      this.#wake = () => {
        if (!this.#settled) return;
        if ("error" in this.#settled) reject(this.#settled.error);
        else resolve(this.#settled.value);
      };
      this.#wake();
    });
    promise.catch(() => {});
    return promise;
  }
}
