import { registerClass } from "@portolan/protocol";
import { check, equal, rejects } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { show } from "../show.ts";
import { valueTable } from "../value-table.ts";

class Unknown {
  readonly x = 1;
}

/** What crosses by value is the same over there, and the same again when it is back. */
export const valueCases: readonly ConformanceCase[] = group("values", [
  {
    name: "every kind of value crosses exactly, as an argument and as a result",
    async run(kit) {
      const { remote } = await kit.open();
      const wrong: string[] = [];
      for (const { kind, make } of valueTable) {
        const expected = show(make());
        const seen = await remote.show(make()).catch(String);
        const back = await remote.echo(make()).then(show, String);
        if (seen !== expected) wrong.push(`${kind}: over there it is ${seen} instead of ${expected}`);
        if (back !== expected) wrong.push(`${kind}: it came back as ${back} instead of ${expected}`);
      }
      check(wrong.length === 0, wrong.join("\n"));
    },
  },
  {
    name: "every kind of value crosses before the far side has said hello",
    async run(kit) {
      const { remote } = await kit.open();
      // All in the turn that opens the session.
      const seen = await Promise.all(valueTable.map(({ make }) => remote.show(make())));
      equal(
        seen,
        valueTable.map(({ make }) => show(make())),
        "what was seen",
      );
    },
  },
  {
    name: "values are captured when they are handed over",
    async run(kit) {
      const { remote } = await kit.open();
      const argument = { list: [1], bytes: new Uint8Array([1]), map: new Map([[1, 1]]) };
      const expected = show(argument);
      const seen = remote.show(argument);
      argument.list.push(2);
      argument.bytes[0] = 9;
      argument.map.set(2, 2);
      equal(await seen, expected, "what was seen");
    },
  },
  {
    name: "values in streams and through callbacks cross exactly",
    async run(kit) {
      const { remote } = await kit.open();
      const samples = valueTable.map(({ make }) => make());
      const { items } = await remote.drainAll(
        (async function* () {
          yield* samples;
        })(),
      );
      equal(items.map(show), samples.map(show), "items");
      equal(await remote.callBack((...args: unknown[]) => args, ...samples), samples, "through a callback");
    },
  },
  {
    name: "nothing that crosses touches a prototype",
    async run(kit) {
      const { remote } = await kit.open();
      const hostile: unknown = JSON.parse(
        '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
      );
      equal(await remote.echo(hostile), hostile, "what came back");
      check(!("polluted" in {}), "a prototype was polluted here");
    },
  },
  {
    name: "instances of unregistered classes, WeakMaps and the like are refused with a remedy",
    async run(kit) {
      const { remote } = await kit.open();
      for (const [value, remedy] of [
        [new Unknown(), "registerClass"],
        [new WeakMap(), "args[0]"],
        [Symbol("own"), "args[0]"],
      ] as const) {
        const error = await rejects(remote.echo(value), "INVALID_ARGUMENT", show(value));
        check(error.message.includes(remedy), `no remedy in: ${error.message}`);
        equal(error.delivered, "no", "delivered");
      }
    },
  },
  {
    name: "a registered class that the far side does not know is refused by it, and the session lives",
    needs: ["the far end at hand"],
    async run(kit) {
      const { remote } = await kit.open();
      class Point {
        readonly x = 1;
      }
      const unregister = registerClass("conformance.Point", Point);
      try {
        // Both ends share this registry when they share the process: then it crosses.
        const back = await remote.echo(new Point());
        check(back instanceof Point && back.x === 1, "the instance was not revived");
      } finally {
        unregister();
      }
      equal(await remote.add(1, 2), 3, "the next call");
    },
  },
  {
    name: "a RegExp crosses between trusted ends",
    needs: ["both trusted", "clone"],
    async run(kit) {
      const { remote } = await kit.open();
      equal(await remote.echo(/a(b)/giu), /a(b)/giu, "the expression");
    },
    async instead(kit) {
      const { traits } = kit.facts;
      if (traits.trusted && traits.carries === "clone") return;
      const { session, remote } = await kit.open();
      await session.ready;
      await rejects(remote.echo(/a/), "INVALID_ARGUMENT", "a RegExp");
    },
  },
]);
