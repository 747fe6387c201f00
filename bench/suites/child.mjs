// One figure of one contender, in a process of its own: prints it as JSON and exits.
//
//   node --expose-gc bench/suites/child.mjs <what> <contender>
const [what, name] = process.argv.slice(2);
const start = performance.now();
const { measure } = await import(new URL(`./${what}.mjs`, import.meta.url).href);
const overhead = performance.now() - start;
try {
  console.log(`@${JSON.stringify(await measure(name, overhead))}`);
} catch (error) {
  console.log(`@${JSON.stringify({ cannot: String(error?.message ?? error).split("\n", 1)[0] })}`);
}
process.exit(0);
