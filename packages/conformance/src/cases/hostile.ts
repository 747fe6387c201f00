import { Kind } from "@portolan/protocol";
import { check, equal } from "../check.ts";
import { type ConformanceCase, group } from "../conformance-case.ts";
import { lyingTables, malformedFrames, refusedCalls, strayFrames } from "../hostile-frames.ts";
import type { Kit } from "../kit.ts";
import type { Stranger } from "../stranger.ts";

/** What a hostile peer may send: none of it harms more than its own session. */
export const hostileCases: readonly ConformanceCase[] = group("hostile", [
  {
    name: "malformed frames end the session with a typed goodbye, or are left alone on a shared port",
    async run(kit) {
      const wrong: string[] = [];
      const { shared } = kit.facts.traits;
      let stranger = await kit.stranger();
      for (const [index, { what, frames }] of malformedFrames.entries()) {
        for (const frame of frames) stranger.send(frame);
        const outcome = await afterwards(stranger, index);
        const fine = shared ? outcome === "answers" : /PROTOCOL_ERROR|RESOURCE_EXHAUSTED/.test(outcome);
        if (!fine) wrong.push(`${what}: ${outcome}`);
        // Where the session was ended the next frame needs one of its own.
        if (shared && fine) continue;
        stranger.transport.close();
        stranger = await kit.stranger();
      }
      check(wrong.length === 0, wrong.join("; "));
      await stillServes(kit);
    },
  },
  {
    name: "messages about things that do not exist do nothing",
    async run(kit) {
      const stranger = await kit.stranger();
      let id = 100;
      for (const { what, frames } of strayFrames) {
        for (const frame of frames) stranger.send(frame);
        stranger.send([Kind.call, ++id, 0, ["add"], [id, 1]]);
        equal((await stranger.answer(id))?.slice(0, 3), [Kind.resolve, id, id + 1], `the call after ${what}`);
      }
    },
  },
  {
    name: "paths to what is not exposed are refused, and the session goes on",
    async run(kit) {
      const stranger = await kit.stranger();
      for (const [index, { what, path, target = 0 }] of refusedCalls.entries()) {
        stranger.send([Kind.call, index + 1, target, path, []]);
        const answer = await stranger.answer(index + 1);
        equal(answer?.[0], Kind.reject, what);
      }
      stranger.send([Kind.call, 500, 0, ["add"], [1, 2]]);
      equal((await stranger.answer(500))?.[2], 3, "the call after them");
    },
  },
  {
    name: "tables that lie are refused, and nothing is polluted",
    async run(kit) {
      const stranger = await kit.stranger();
      const wrong: string[] = [];
      for (const [index, { what, args, table }] of lyingTables.entries()) {
        const id = index + 1;
        stranger.send([Kind.call, id, 0, ["nothing"], args, table]);
        const answer = await stranger.answer(id);
        if (answer?.[0] !== Kind.reject) wrong.push(`${what}: ${answer ? "was taken" : "ended the session"}`);
        if (!answer) break;
      }
      check(wrong.length === 0, wrong.join("; "));
      stranger.send([Kind.call, 500, 0, ["echo"], [{}]]);
      equal((await stranger.answer(500))?.[2], {}, "an empty object");
      check(!("polluted" in {}), "a prototype was polluted");
    },
  },
  {
    name: "values too deep for the stack refuse the call or end the session, and nothing else",
    async run(kit) {
      for (const depth of [200, 5000, 100_000]) {
        const stranger = await kit.stranger();
        try {
          stranger.send([Kind.call, 1, 0, ["nothing"], [nested(depth)]]);
          await Promise.race([stranger.answer(1), stranger.transport.closed]);
        } catch {
          // This side's own platform could not even send it.
        }
        stranger.transport.close();
      }
      await stillServes(kit);
    },
  },
  {
    name: "what is no frame at all does no harm",
    async run(kit) {
      const { carries } = kit.facts.traits;
      const junk: Record<typeof carries, readonly unknown[]> = {
        clone: [new Map(), new Date(), 1n, undefined],
        json: [{ a: 1 }, "x", 0],
        text: ["", "{", "[[[[", '"x"', "\u0000", "[1,2", "nul"],
        bytes: [new Uint8Array([255, 254, 10]), new TextEncoder().encode("{\n"), new TextEncoder().encode("\n\n\n[\n")],
      };
      for (const data of junk[carries]) {
        const stranger = await kit.stranger();
        try {
          stranger.sendRaw(data);
        } catch {
          // The platform itself refuses it: so much the better.
        }
        await afterwards(stranger, 1);
        stranger.transport.close();
      }
      await stillServes(kit);
    },
  },
  {
    name: "more items than were granted end the session",
    async run(kit) {
      const stranger = await kit.stranger();
      stranger.send([Kind.call, 1, 0, ["drainAll"], [null], [[20, [0], 1, 0]]]);
      const credit = await stranger.find(Kind.credit);
      check(credit, "no credit came");
      const items = Array.from({ length: Number(credit[2]) + 1 }, (_, index) => index);
      stranger.send([Kind.items, 1, items, items.length]);
      const outcome = await afterwards(stranger, 1);
      check(kit.facts.traits.shared || /PROTOCOL_ERROR/.test(outcome), `it went on: ${outcome}`);
    },
  },
  {
    name: "a second hello of another session ends the first one",
    needs: ["a port of its own"],
    async run(kit) {
      const stranger = await kit.stranger();
      stranger.send(stranger.hello("somebody else"));
      check(/PROTOCOL_ERROR/.test(await afterwards(stranger, 0)), "it went on");
    },
  },
]);

/** How a session over there takes what was sent: its goodbye, or that it still answers. */
async function afterwards(stranger: Stranger, used: number): Promise<string> {
  const id = 1000 + used;
  try {
    stranger.send([Kind.call, id, 0, ["add"], [1, 1]]);
  } catch {
    // It has ended already.
  }
  const answer = await stranger.answer(id);
  if (answer) return answer[0] === Kind.resolve ? "answers" : `rejects: ${JSON.stringify(answer)}`;
  const goodbye = stranger.messages().find(([kind]) => kind === Kind.goodbye);
  return goodbye ? `goodbye ${String(goodbye[1])}: ${String(goodbye[2])}` : `ended: ${stranger.transport.ended?.code}`;
}

async function stillServes(kit: Kit): Promise<void> {
  const { remote } = await kit.open();
  equal(await remote.add(1, 2), 3, "an honest neighbour afterwards");
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}
