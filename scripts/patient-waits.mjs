/**
 * Before each test file: `vi.waitFor` gives a condition eight seconds. Its own default is one, and takes no setting; a machine
 * that is busy with five other things is sometimes later than that, which says nothing of us.
 */
import { vi } from "vitest";

const { waitFor } = vi;

vi.waitFor = (condition, options = {}) =>
  waitFor(condition, typeof options === "number" ? options : { timeout: 8_000, ...options });
