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

describe("Maps and Sets that arrive", () => {
  it("are Maps and Sets, of stubs where they held functions", () => {
    interface Directory {
      all(): Map<string, Set<bigint>>;
      some(): Promise<{ readonly byId: ReadonlyMap<number, { readonly at: Date }> }>;
      actions(): Map<string, (n: number) => string>;
    }
    type Of<Name extends keyof Directory> = Awaited<ReturnType<Remote<Directory>[Name]>>;
    expectTypeOf<Of<"all">>().toEqualTypeOf<Map<string, Set<bigint>>>();
    expectTypeOf<NonNullable<ReturnType<Of<"some">["byId"]["get"]>>>().toEqualTypeOf<{ readonly at: Date }>();
    expectTypeOf<NonNullable<ReturnType<Of<"actions">["get"]>>>().returns.resolves.toEqualTypeOf<string>();
    // Nothing of a Map can be called before it is there.
    expectTypeOf<"get" extends keyof ReturnType<Remote<Directory>["all"]> ? true : false>().toEqualTypeOf<false>();
  });
});
