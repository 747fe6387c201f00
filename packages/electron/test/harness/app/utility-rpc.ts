// A utility process that serves main, and whoever main connects with it.

import { serve } from "@portolan/server";
import { parentTransport, peerListener } from "../../../src/utility/index.ts";
import { makePageApi } from "./apis.ts";

serve(parentTransport(), {
  index: async (text: string, progress: (step: number) => unknown) => {
    for (let step = 1; step <= 3; step++) await progress(step);
    return text.toUpperCase();
  },
  leave: (code: number) => process.exit(code),
});
serve(peerListener({ name: "doc" }), makePageApi("utility").api);
