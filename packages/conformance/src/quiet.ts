import type { Remote, Session, SessionStats } from "@portolan/protocol";
import { check } from "./check.ts";
import type { FixtureApi } from "./fixture-api.ts";
import { collect, soon } from "./turns.ts";

/** Fails unless a session holds nothing. */
export function demandQuiet(stats: SessionStats, who: string): void {
  const held = heldIn(stats);
  check(held.length === 0, `${who} still holds ${held.join(", ")}`);
}

/** A session, and what it calls. */
interface Ends {
  readonly session: Pick<Session, "stats">;
  readonly remote: Remote<FixtureApi>;
}

/** Fails unless both sides hold nothing soon: what was given back may still be on its way. */
export async function demandQuietSoon({ session, remote }: Ends): Promise<void> {
  let held: string[] = [];
  let turn = 0;
  const quiet = await soon(async () => {
    if (turn++ % 8 === 5) await Promise.all([remote.collect(), collect()]);
    held = [
      ...heldIn(session.stats()).map((what) => `near ${what}`),
      // The question itself is the one handler that runs.
      ...heldIn(await remote.stats(), { "handlers.running": 1 }).map((what) => `far ${what}`),
    ];
    return held.length === 0;
  });
  check(quiet, `left behind: ${held.join(", ")}`);
}

/** What a session holds beyond what is allowed, by name. */
function heldIn(stats: SessionStats, allowed: Readonly<Record<string, number>> = {}): string[] {
  const held: string[] = [];
  for (const [name, value] of flat(stats)) if (value !== (allowed[name] ?? 0)) held.push(`${name}=${value}`);
  return held;
}

function flat(stats: SessionStats): [name: string, value: number][] {
  return Object.entries(stats).flatMap(([name, value]: [string, number | object]) =>
    typeof value === "number"
      ? [[name, value] as [string, number]]
      : Object.entries(value).map(([part, count]): [string, number] => [`${name}.${part}`, count as number]),
  );
}
