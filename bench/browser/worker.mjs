// The far side of every contender in a page.
import { contenders } from "./contenders.mjs";

addEventListener("message", async ({ data, ports }) => {
  const { serve } = await contenders[data]();
  await serve(ports[0]);
});
