import { afterEach } from "vitest";
import { type Served, serveSockets } from "./ends.ts";

const opened: Served[] = [];

/** A listener of its own port, closed after the test. */
export const serve = async (...options: Parameters<typeof serveSockets>): Promise<Served> => {
  const served = await serveSockets(...options);
  opened.push(served);
  return served;
};

afterEach(async () => {
  for (const served of opened.splice(0)) await served.close();
});
