import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IdTable } from "../src/session/id-table.ts";

describe("a table of ids", () => {
  it("holds what a Map would hold, whatever comes, stays and goes: near ids, far ones, and those that share a slot", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ add: fc.constantFrom(1, 1, 1, 2, 16, 4096, 2 ** 31, 2 ** 40) }) },
      { weight: 2, arbitrary: fc.record({ remove: fc.nat(60) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.constantFrom(16, 64, 4096), (steps, longest) => {
        const table = new IdTable<{ readonly id: number }>(longest);
        const model = new Map<number, { readonly id: number }>();
        let last = 0;
        for (const one of steps) {
          if ("add" in one) {
            last += one.add;
            const thing = { id: last };
            table.add(thing);
            model.set(last, thing);
          } else {
            const id = [...model.keys()][one.remove] ?? last + 1;
            expect(table.delete(id)).toBe(model.delete(id));
          }
          expect(table.size).toBe(model.size);
        }
        expect(table.values()).toEqual([...model.values()]);
        for (const [id, thing] of model) expect(table.get(id)).toBe(thing);
        expect(table.get(last + 1)).toBeUndefined();
        table.clear();
        expect([table.size, table.values()]).toEqual([0, []]);
      }),
    );
  });

  it("is as good as new once thousands have gone", () => {
    const table = new IdTable<{ readonly id: number }>(16_384);
    for (let id = 1; id <= 5_000; id++) table.add({ id });
    for (let id = 1; id <= 5_000; id++) expect(table.delete(id)).toBe(true);
    expect(table.delete(1)).toBe(false);
    table.add({ id: 5_001 });
    expect([table.size, table.get(5_001), table.get(1)]).toEqual([1, { id: 5_001 }, undefined]);
  });
});
