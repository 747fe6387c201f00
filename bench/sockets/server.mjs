// node server.mjs <"raw" or "portolan"> <"binary"?>: the far side, in a process of its own. Tells its port, and on
// "cpu" how many microseconds of processor time it has used.
const [contender, form] = process.argv.slice(2);
const { serve } = await import(`./${contender}.mjs`);
process.send(await serve(form === "binary"));
process.once("SIGINT", () => process.exit());
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send(user + system);
});
