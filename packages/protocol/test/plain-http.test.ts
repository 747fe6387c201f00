import { expect, it, vi } from "vitest";
import { openSession, transportPair } from "../src/index.ts";

it("sessions work where randomUUID is missing, as in pages on plain http", async () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const [near, far] = transportPair({ traits: { trusted: false } });
  const reports: string[] = [];
  const fail = (): never => {
    throw new Error("secret");
  };
  openSession(far, { expose: { fail }, onError: (_error, { reference }) => reports.push(String(reference)) });
  const session = openSession(near);
  const { fail: failing } = session.remote as { fail(): Promise<never> };
  const error = await failing().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "INTERNAL" });
  expect(reports).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/)]);
  await session.close();
});
