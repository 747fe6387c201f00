import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A way to a server that can be blocked in all the ways in which networks and processes fail. */
export class Road {
  /** Where it leads to from now on. */
  target = 0;
  port = 0;
  #server: Server | undefined;
  readonly #pairs = new Set<{ readonly near: Socket; readonly far: Socket; silent: boolean }>();

  /** Sockets that lead over it now. */
  get size(): number {
    return this.#pairs.size;
  }

  /** Listens, on the same port each time. */
  async open(): Promise<void> {
    this.#server = createServer((near) => this.#lead(near));
    const server = this.#server;
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  /** Refuses whoever comes, and cuts off whoever is there. */
  async close(): Promise<void> {
    const server = this.#server;
    const closed = new Promise((resolve) => server?.close(resolve));
    this.cut();
    await closed;
  }

  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  /** Those who are there stay connected, and nothing they say arrives any more. */
  silence(): void {
    for (const pair of this.#pairs) pair.silent = true;
  }

  #lead(near: Socket): void {
    const far = connect(this.target, "127.0.0.1");
    const pair = { near, far, silent: false };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("data", (data) => pair.silent || to.write(data));
      from.on("error", end).on("close", end);
    }
  }
}
