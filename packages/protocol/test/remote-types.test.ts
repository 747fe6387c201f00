import { describe, expectTypeOf, it } from "vitest";
import type { Remote, RpcTarget } from "../src/index.ts";

interface Api {
  /** Plain data, whatever its shape, arrives as it is: only subclasses of RpcTarget are targets. */
  list(): readonly ({ readonly ok: true; readonly size: number } | { readonly ok: false; readonly code: string })[];
  open(): Counter;
}

interface Counter extends RpcTarget {
  next(): number;
}

describe("the types of a remote", () => {
  it("leave plain data what it is, and make stubs of targets", () => {
    type List = Awaited<ReturnType<Remote<Api>["list"]>>;
    expectTypeOf<List[number]>().toEqualTypeOf<ReturnType<Api["list"]>[number]>();
    expectTypeOf<Awaited<ReturnType<Remote<Api>["open"]>>["next"]>().returns.resolves.toEqualTypeOf<number>();
  });

  it("can be computed for `object` and for lists of remotes", () => {
    expectTypeOf<keyof Remote<object>>().toEqualTypeOf<never>();
    const remotes: (Remote<Api> & { close(): void })[] = [];
    expectTypeOf(remotes.map((remote) => remote.close)).toEqualTypeOf<(() => void)[]>();
  });
});
